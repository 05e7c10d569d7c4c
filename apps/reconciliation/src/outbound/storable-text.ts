/** As PostgreSQL can keep it: neither NUL nor half a character. Neither says anything. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
