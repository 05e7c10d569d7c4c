/** PostgreSQL's text format for `copy … from stdin`: a line per row, a tab between columns, `\N` for nothing, what would be mistaken for either escaped. */
export type CopyValue = string | number | bigint | null;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const SPECIAL = /[\\\t\n\r]/;

export function copyLine(values: readonly CopyValue[]): string {
  let line = '';
  for (const value of values) {
    if (line !== '') line += '\t';
    line += value === null ? '\\N' : typeof value === 'string' ? escaped(value) : String(value);
  }
  return `${line}\n`;
}

/** Where nothing of the row wants an escape: most of a large file. Joined at once, since a text that grows piece by piece leaves much to clear away. */
export function copyPlainLine(values: readonly CopyValue[]): string {
  return `${values.map((value) => value ?? '\\N').join('\t')}\n`;
}

/** Looked for in a whole row at once. */
export function wantsEscape(row: string): boolean {
  return SPECIAL.test(row);
}

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (char) => ESCAPES[char] ?? char) : text;
}
