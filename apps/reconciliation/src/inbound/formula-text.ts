/** What makes a spreadsheet take a text for a formula. Source: OWASP, CSV injection. */
const FORMULA = /^[=+\-@\t\r]/;

/** Whether a spreadsheet could take it for a formula; every text could be somebody else's. */
export function looksLikeFormula(value: string): boolean {
  return FORMULA.test(value);
}

/** A cell of a CSV file that is read as text, whatever it says. */
export function textCell(value: string | null): string {
  if (value === null) return '';
  return looksLikeFormula(value) ? `'${value}` : value;
}
