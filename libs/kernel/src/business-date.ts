const UTC_PLUS_8_MS = 8 * 3_600_000;

/** The day in UTC+8, in which Alipay's files are cut (its reconciliation rules), as `YYYY-MM-DD`. */
export function businessDate(at: Date): string {
  return new Date(at.getTime() + UTC_PLUS_8_MS).toISOString().slice(0, 10);
}
