/** Rows in any order give the same sum. */
export function sumOf(columns: string): string {
  return `coalesce(sum(hash_record_extended(row(${columns}), 0)), 0)::text || ' ' || count(*)::text`;
}
