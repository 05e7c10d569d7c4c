import { format, money } from '@scantill/kernel';

/** As amounts come over the wire. */
export interface WireAmount {
  readonly currency: string;
  readonly minor: string;
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString('en-US')} ${value === 1 ? one : many}`;
}

/** With the digits of its currency. */
export function amountText({ currency, minor }: WireAmount): string {
  return format(money(currency, BigInt(minor)));
}

/** Columns wide enough for what is in them; the last one ends where its text does. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
