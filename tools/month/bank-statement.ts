import { readFileSync } from 'node:fs';
import type { WrittenFile } from './alipay.ts';
import { dateOf, SETTLEMENT_CURRENCY, type TradingAccount } from './worlds.ts';

/** What the bank booked on a day, in the smallest unit; negative when it was taken off. */
interface Booking {
  readonly bookedOn: string;
  readonly minor: bigint;
  readonly text: string;
  readonly reference: string;
}

const DAY_MS = 86_400_000;
const SATURDAY = 6;
const OPENING_MINOR = 1_000_000n;
/** The bank does not always pass on what Alipay wrote. */
const UNNAMED_EVERY = 3;

/** A bank's statement in camt.053: every batch paid out as its items come to, and bookings of others. */
export function bankStatement(account: TradingAccount, files: readonly WrittenFile[], lastDay: number): string {
  const payouts = payoutsOf(files.filter(({ report, customerId }) => report === 'settlementItems' && customerId === account.customerId));
  const rent: Booking = { bookedOn: workingDayFrom(dateOf(3)), minor: -123_456n, text: 'Office rent', reference: 'RENT-11' };
  return statementXml(account, [...payouts, rent], workingDayFrom(dateAfter(dateOf(lastDay), 10)));
}

function payoutsOf(files: readonly WrittenFile[]): Booking[] {
  const sums = new Map<string, { readonly day: number; minor: bigint }>();
  for (const { path, day } of files) {
    for (const [batchId, minor] of netsIn(path)) {
      const sum = sums.get(batchId) ?? { day, minor: 0n };
      sum.minor += minor;
      sums.set(batchId, sum);
    }
  }
  return [...sums].filter(([, { minor }]) => minor > 0n).map(([batchId, { day, minor }], nth) => {
    const isNamed = nth % UNNAMED_EVERY !== 0;
    return { bookedOn: workingDayFrom(dateAfter(dateOf(day), 1)), minor, text: isNamed ? `ALIPAY SETTLEMENT ${batchId}` : 'ALIPAY SETTLEMENT', reference: `BANK-${nth}` };
  });
}

/** By batch. Amounts of the settlement currency have two digits after the point, or none where the unit is the smallest. */
function* netsIn(path: string): Generator<[string, bigint]> {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = header.split(',');
  const [batch, net] = ['settlementBatchId', 'settlementAmountValue'].map((name) => columns.indexOf(name));
  for (const line of lines) {
    const cells = line.split(',');
    if (cells.length === columns.length) yield [cells[batch ?? -1] ?? '', BigInt((cells[net ?? -1] ?? '0').replace('.', ''))];
  }
}

function statementXml({ bankNumber }: TradingAccount, bookings: readonly Booking[], closedOn: string): string {
  const inOrder = [...bookings].sort((one, other) => (one.bookedOn < other.bookedOn ? -1 : 1));
  const closing = bookings.reduce((sum, { minor }) => sum + minor, OPENING_MINOR);
  const balance = (code: string, minor: bigint, on: string): string => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amountXml(minor)}<Dt><Dt>${on}</Dt></Dt></Bal>`;
  const entry = ({ bookedOn, minor, text, reference }: Booking): string => `<Ntry>${amountXml(minor)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${bookedOn}</Dt></BookgDt>`
    + `<NtryDtls><TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>${bankNumber}-1</Id><Acct><Id><Othr><Id>${bankNumber}</Id></Othr></Id><Ccy>${SETTLEMENT_CURRENCY}</Ccy></Acct>
${balance('OPBD', OPENING_MINOR, dateOf(1))}${balance('CLBD', closing, closedOn)}
${inOrder.map(entry).join('\n')}
</Stmt></BkToCstmrStmt></Document>
`;
}

function amountXml(minor: bigint): string {
  const size = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `<Amt Ccy="${SETTLEMENT_CURRENCY}">${size.slice(0, -2)}.${size.slice(-2)}</Amt><CdtDbtInd>${minor < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
}

function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** That day, or the next that is no Saturday or Sunday. */
export function workingDayFrom(date: string): string {
  const weekday = new Date(date).getUTCDay();
  return weekday === 0 || weekday === SATURDAY ? workingDayFrom(dateAfter(date, 1)) : date;
}
