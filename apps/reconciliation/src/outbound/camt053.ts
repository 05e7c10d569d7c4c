import { absolute, add, err, negate, ok, sameMoney, type Money, type Result } from '@scantill/kernel';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { BANK_LINES_MAX, type BankLine } from '../core/bank-line.js';
import { isCalendarDay } from '../core/calendar.js';
import { FAULTS_MAX, type RowFault } from '../core/item-table.js';
import { readBankAmount } from './bank-amount.js';

/** A statement is in memory as a whole; a bank's day has a few hundred kilobytes. */
export const STATEMENT_BYTES_MAX = 32 * 1024 * 1024;
/** The standard nests some fifteen elements deep. */
const DEPTH_MAX = 40;

export type StatementRefused =
  | { readonly kind: 'TooLarge'; readonly bytesMax: number }
  | { readonly kind: 'NotXml'; readonly reason: string }
  | { readonly kind: 'DoctypeForbidden' }
  | { readonly kind: 'NotCamt053'; readonly path: string; readonly reason: string }
  | { readonly kind: 'TooManyLines'; readonly linesMax: number }
  | { readonly kind: 'BalanceDiffers'; readonly statement: string; readonly expected: Money; readonly closing: Money }
  | { readonly kind: 'BadRows'; readonly faults: readonly RowFault[]; readonly count: number };

export interface Statement {
  /** The bank's own; empty where it gives none. */
  readonly id: string;
  /** IBAN, or the bank's own number. */
  readonly account: string | null;
  readonly currency: string | null;
  /** The day of its closing balance, or of its end. */
  readonly closedOn: string | null;
  readonly lines: readonly BankLine[];
}

/** An empty element reads as empty text. */
const element = <S extends z.ZodType>(schema: S) => z.preprocess((value) => (value === '' ? {} : value), schema);
const texts = z.array(z.string()).default([]);
const amount = z.object({ '#text': z.string(), '@Ccy': z.string() });
const direction = z.enum(['CRDT', 'DBIT']);
const date = z.object({ Dt: z.string().optional(), DtTm: z.string().optional() });
/** A code, or since version 8 an element that holds one. */
const status = z.union([z.string(), z.object({ Cd: z.string() }).transform(({ Cd }) => Cd)]);
const details = element(z.object({
  Refs: element(z.object({ EndToEndId: z.string().optional() })).optional(),
  RmtInf: element(z.object({ Ustrd: texts })).optional(),
}));
const entry = z.object({
  NtryRef: z.string().optional(), Amt: amount, CdtDbtInd: direction, Sts: status, BookgDt: date.optional(), AcctSvcrRef: z.string().optional(), AddtlNtryInf: z.string().optional(),
  NtryDtls: z.array(element(z.object({ TxDtls: z.array(details).default([]) }))).default([]),
});
const balance = z.object({ Tp: z.object({ CdOrPrtry: z.object({ Cd: z.string().optional() }) }), Amt: amount, CdtDbtInd: direction, Dt: date.optional() });
const statement = z.object({
  Id: z.string().default(''),
  FrToDt: z.object({ ToDtTm: z.string().optional() }).optional(),
  Acct: z.object({ Id: z.object({ IBAN: z.string().optional(), Othr: z.object({ Id: z.string() }).optional() }), Ccy: z.string().optional() }).optional(),
  Bal: z.array(balance).default([]), Ntry: z.array(entry).default([]),
});
const document = z.object({ Document: z.object({ BkToCstmrStmt: z.object({ Stmt: z.array(statement).min(1) }) }) });
type Entry = z.output<typeof entry>;
type Stmt = z.output<typeof statement>;

const LISTS = new Set(['Stmt', 'Bal', 'Ntry', 'NtryDtls', 'TxDtls', 'Ustrd']);

/**
 * Nothing is fetched or expanded: without a document type nobody can define an entity. The library decodes numbered characters (`&#233;`)
 * only together with the named ones of HTML, which do no harm.
 */
const parser = new XMLParser({
  ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true, parseTagValue: false, parseAttributeValue: false, maxNestedTags: DEPTH_MAX,
  htmlEntities: true,
  isArray: (name) => LISTS.has(name),
});

/** Reads a bank's statement (ISO 20022 camt.053, any version). Only what is booked counts; what is announced comes again. */
export function readCamt053(content: Uint8Array): Result<Statement[], StatementRefused> {
  if (content.length > STATEMENT_BYTES_MAX) return err({ kind: 'TooLarge', bytesMax: STATEMENT_BYTES_MAX });
  const xml = parseXml(content);
  if (!xml.ok) return xml;
  const read = document.safeParse(xml.value);
  if (!read.success) return err({ kind: 'NotCamt053', path: read.error.issues[0]?.path.join('/') ?? '', reason: read.error.issues[0]?.message ?? '' });
  const found = read.data.Document.BkToCstmrStmt.Stmt;
  if (found.reduce((sum, { Ntry }) => sum + Ntry.length, 0) > BANK_LINES_MAX) return err({ kind: 'TooManyLines', linesMax: BANK_LINES_MAX });
  const faults: RowFault[] = [];
  let before = 0;
  const statements = found.map((each): Statement => {
    const lines = linesOf(each, before, faults);
    before += each.Ntry.length;
    const currency = each.Acct?.Ccy ?? each.Bal[0]?.Amt['@Ccy'] ?? null;
    return { id: each.Id, account: each.Acct?.Id.IBAN ?? each.Acct?.Id.Othr?.Id ?? null, currency, closedOn: closedOn(each), lines };
  });
  if (faults.length > 0) return err({ kind: 'BadRows', faults: faults.slice(0, FAULTS_MAX), count: faults.length });
  const differs = found.map((each, index) => balanceFault(each, statements[index]?.lines ?? [])).find((fault) => fault !== undefined);
  return differs === undefined ? ok(statements) : err(differs);
}

function parseXml(content: Uint8Array): Result<unknown, StatementRefused> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return err({ kind: 'NotXml', reason: 'is not UTF-8' });
  }
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return err({ kind: 'DoctypeForbidden' });
  try {
    return ok(parser.parse(text, true) as unknown);
  } catch (error) {
    return err({ kind: 'NotXml', reason: error instanceof Error ? error.message : String(error) });
  }
}

function closedOn({ Bal, FrToDt }: Stmt): string | null {
  const closing = Bal.find(({ Tp }) => Tp.CdOrPrtry.Cd === 'CLBD');
  const day = dayOf(closing?.Dt) || (FrToDt?.ToDtTm ?? '').slice(0, 10);
  return isCalendarDay(day) ? day : null;
}

function dayOf(at: z.output<typeof date> | undefined): string {
  return (at?.Dt ?? at?.DtTm ?? '').slice(0, 10);
}

/** @param before how many entries the file has in front of these */
function linesOf({ Ntry }: Stmt, before: number, faults: RowFault[]): BankLine[] {
  return Ntry.flatMap((each, index): BankLine[] => {
    if (each.Sts !== 'BOOK') return [];
    const line = before + index + 1;
    const read = signed(each.Amt, each.CdtDbtInd);
    const bookedOn = dayOf(each.BookgDt);
    if (!read.ok) faults.push({ line, column: 'Amt', reason: read.error });
    if (!isCalendarDay(bookedOn)) faults.push({ line, column: 'BookgDt', reason: 'is not a day' });
    return read.ok ? [{ line, bookedOn, amount: read.value, text: textOf(each), reference: referenceOf(each) }] : [];
  });
}

/** A reversal carries the direction in which the money really moved. */
function signed({ '#text': text, '@Ccy': currency }: Entry['Amt'], way: Entry['CdtDbtInd']): Result<Money, string> {
  const read = readBankAmount(text, currency);
  if (!read.ok) return read;
  if (read.value.minor < 0n) return err('is negative; the direction stands beside it');
  return way === 'CRDT' ? read : ok(negate(read.value));
}

function detailsOf({ NtryDtls }: Entry): z.output<typeof details>[] {
  return NtryDtls.flatMap(({ TxDtls }) => TxDtls);
}

function textOf(each: Entry): string {
  const remittance = detailsOf(each).flatMap(({ RmtInf }) => RmtInf?.Ustrd ?? []);
  return [...remittance, each.AddtlNtryInf ?? ''].filter((text) => text !== '').join(' ');
}

function referenceOf(each: Entry): string | null {
  const endToEnd = detailsOf(each).map(({ Refs }) => Refs?.EndToEndId ?? '').find((id) => id !== '' && id !== 'NOTPROVIDED');
  return endToEnd ?? each.AcctSvcrRef ?? each.NtryRef ?? null;
}

/** Opening balance and booked lines come to the closing balance, where the bank gives both; otherwise lines are missing. */
function balanceFault({ Id, Bal }: Stmt, lines: readonly BankLine[]): StatementRefused | undefined {
  const of = (code: string) => Bal.find(({ Tp }) => Tp.CdOrPrtry.Cd === code);
  const [opening, closing] = [of('OPBD') ?? of('PRCD'), of('CLBD')].map((found) => found && signed(found.Amt, found.CdtDbtInd));
  if (!opening?.ok || !closing?.ok || lines.some(({ amount: { currency } }) => currency !== opening.value.currency)) return undefined;
  const expected = lines.reduce((sum, line) => add(sum, line.amount), opening.value);
  const isZero = absolute(expected).minor === 0n && absolute(closing.value).minor === 0n;
  return isZero || sameMoney(expected, closing.value) ? undefined : { kind: 'BalanceDiffers', statement: Id, expected, closing: closing.value };
}
