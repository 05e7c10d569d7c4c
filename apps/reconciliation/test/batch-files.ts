import { reportColumns } from '@scantill/alipay';

export const IBAN = 'DE02120300000000202051';

/** Amounts in smallest units. */
export interface Summed {
  readonly type: string;
  readonly count?: number;
  readonly net: bigint;
  readonly fee?: bigint;
}

/** A summary of generation A as Alipay would write it, its TOTAL worked out; or with the TOTAL that is given. */
export function summaryFile(batchId: string, day: string, rows: readonly Summed[], total?: Summed): string {
  const sum = (values: readonly bigint[]) => values.reduce((one, other) => one + other, 0n);
  const whole = total ?? { type: 'TOTAL', count: rows.reduce((all, { count = 1 }) => all + count, 0), net: sum(rows.map(({ net }) => net)), fee: sum(rows.map(({ fee = 0n }) => fee)) };
  const lines = [whole, ...rows].map(({ type, count = 1, net, fee = 0n }) => [batchId, '1022188000000000001', type, `${day}T10:00:00+08:00`, count, net, 'USD', fee, 'USD', '', ''].join(','));
  return [reportColumns.settlementSummary.A.join(','), ...lines, '<END>', ''].join('\n');
}

export interface Booked {
  readonly day: string;
  /** In the major unit, without a sign. */
  readonly amount: string;
  readonly text?: string;
  readonly reference?: string;
  readonly way?: 'CRDT' | 'DBIT';
  readonly currency?: string;
}

/** A statement in camt.053, closed on a day whatever is booked. */
export function camt053(id: string, closedOn: string, bookings: readonly Booked[], iban = IBAN): string {
  const entries = bookings.map(({ day, amount, text = '', reference, way = 'CRDT', currency = 'USD' }) => `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${way}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${day}</Dt></BookgDt>
    <NtryDtls><TxDtls><Refs><EndToEndId>${reference ?? 'NOTPROVIDED'}</EndToEndId></Refs><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`);
  const closing = `<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="USD">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${closedOn}</Dt></Dt></Bal>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>${id}</Id><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>USD</Ccy></Acct>${closing}${entries.join('')}</Stmt></BkToCstmrStmt></Document>`;
}
