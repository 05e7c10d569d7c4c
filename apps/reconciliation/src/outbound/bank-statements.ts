import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { err, isCurrency, money, ok, type Money, type Result } from '@scantill/kernel';
import type { Account } from '@scantill/platform';
import type { BankLine } from '../core/bank-line.js';
import { readBankCsv, type BankCsvRefused } from './bank-csv.js';
import type { Bulk } from './bulk.js';
import { readCamt053, STATEMENT_BYTES_MAX, type Statement, type StatementRefused } from './camt053.js';
import type { FileOfDay, Intake, Staged, TakenFile, UnreadStatement } from './intake.js';
import { storableText } from './storable-text.js';

export type BankRefused =
  | StatementRefused
  | BankCsvRefused
  | { readonly kind: 'StatementEmpty' }
  | { readonly kind: 'OtherBankAccount'; readonly named: readonly string[] }
  | { readonly kind: 'MappingMissing'; readonly accountIds: readonly string[] }
  | { readonly kind: 'AccountNotTold' };

/** `bank_<what it is of>.csv`, or any `.xml`. */
const CSV_NAME = /^bank_([A-Za-z0-9_.-]{1,100})\.csv$/;
const XML_NAME = /\.xml$/i;
const ROWS_AT_ONCE = 5_000;

const COLUMNS = 'line, booked_on, currency, amount_minor, text, reference';
const STAGING = 'create temp table staged_bank (line int not null, booked_on date not null, currency text not null, amount_minor bigint not null, text text not null, reference text) on commit drop';
const STAGE = `insert into staged_bank (${COLUMNS}) select ${COLUMNS} from json_to_recordset($1::json) as x(line int, booked_on date, currency text, amount_minor bigint, text text, reference text)`;
const KEEP = `insert into bank_lines (file_id, account_id, ${COLUMNS}) select $1, $2, ${COLUMNS} from staged_bank order by line`;
const SAID = 'booked_on, currency, amount_minor, text, reference';
const COMPLETES = `select not exists (select ${SAID} from bank_lines where file_id = $1 except all select ${SAID} from staged_bank) as completes`;

/** What a statement says, whichever form it has. */
interface ReadStatement {
  readonly accountId: string | null;
  readonly partOf: string;
  readonly closedOn: string | null;
  /** Its own, in which it has lines or none. */
  readonly currency: string | null;
  readonly lines: readonly BankLine[];
}

/** Whether a file of this name is a bank's statement. Alipay's reports are never XML. */
export function isBankStatementName(name: string): boolean {
  return CSV_NAME.test(name) || XML_NAME.test(name);
}

/** Statements of the bank that Alipay pays out to, as camt.053 or in the form that the account's settings describe. */
export class BankStatements implements Intake<UnreadStatement, BankRefused> {
  async stage(bulk: Bulk, { path, name, accounts }: UnreadStatement, read: (rows: number) => void): Promise<Result<Staged, BankRefused>> {
    const [, part] = CSV_NAME.exec(name) ?? [];
    const found = part === undefined ? await readXml(path, name, accounts) : await readCsv(path, part, accounts);
    if (!found.ok) return found;
    const { lines, accountId, partOf, closedOn, currency } = found.value;
    const date = [...lines.map(({ bookedOn }) => bookedOn), closedOn ?? ''].reduce((last, day) => (day > last ? day : last), '');
    // Nobody could say which days it is of.
    if (date === '') return err({ kind: 'StatementEmpty' });
    read(lines.length);
    await bulk.query(STAGING);
    for (let at = 0; at < lines.length; at += ROWS_AT_ONCE) await bulk.query(STAGE, [JSON.stringify(lines.slice(at, at + ROWS_AT_ONCE).map((line) => toStagedRow(line)))]);
    return ok({ lines: lines.length, totals: totalsOf(lines, currency), generation: null, customerIds: [], accountId, date, partOf, batchIds: [], maybeTwice: null, figures: null });
  }

  async completes(bulk: Bulk, other: FileOfDay): Promise<boolean> {
    const [answer] = await bulk.query<{ completes: boolean }>(COMPLETES, [other.id]);
    return answer?.completes ?? false;
  }

  async keep(bulk: Bulk, { id, accountId }: TakenFile): Promise<void> {
    await bulk.query(KEEP, [id, accountId]);
  }
}

async function readXml(path: string, name: string, accounts: readonly Account[]): Promise<Result<ReadStatement, BankRefused>> {
  // Before it is in memory.
  if ((await stat(path)).size > STATEMENT_BYTES_MAX) return err({ kind: 'TooLarge', bytesMax: STATEMENT_BYTES_MAX });
  const read = readCamt053(await readFile(path));
  if (!read.ok) return read;
  const accountId = accountOf(read.value, accounts);
  if (!accountId.ok) return accountId;
  const closedOn = read.value.map((each) => each.closedOn ?? '').reduce((last, day) => (day > last ? day : last), '') || null;
  const ids = read.value.map(({ id }) => id).filter((id) => id !== '');
  // Some banks number their statements anew each year.
  const partOf = ids.length === 0 ? name : [...ids, closedOn].filter((each) => each !== null).join('_');
  return ok({ accountId: accountId.value, partOf, closedOn, currency: read.value[0]?.currency ?? null, lines: read.value.flatMap(({ lines }) => lines) });
}

/** The one whose number it names; where only one is asked about and has no number, that one. Null where several share it. */
function accountOf(statements: readonly Statement[], accounts: readonly Account[]): Result<string | null, BankRefused> {
  const named = [...new Set(statements.map(({ account }) => plainNumber(account ?? '')))];
  const owners = accounts.filter(({ bank }) => bank?.number !== undefined && named.every((number) => number === plainNumber(bank.number ?? '')));
  const [first] = owners;
  if (first !== undefined) return ok(owners.length === 1 ? first.accountId : null);
  const [only] = accounts;
  return only !== undefined && accounts.length === 1 && only.bank?.number === undefined ? ok(only.accountId) : err({ kind: 'OtherBankAccount', named });
}

/** People write IBANs in groups of four. */
function plainNumber(number: string): string {
  return number.replace(/\s/g, '').toUpperCase();
}

async function readCsv(path: string, part: string, accounts: readonly Account[]): Promise<Result<ReadStatement, BankRefused>> {
  const able = accounts.filter(({ bank }) => bank?.csv !== undefined);
  const [account] = able;
  const mapping = account?.bank?.csv;
  if (account === undefined || mapping === undefined) return err({ kind: 'MappingMissing', accountIds: accounts.map(({ accountId }) => accountId) });
  if (able.length > 1) return err({ kind: 'AccountNotTold' });
  const lines = await readBankCsv(createReadStream(path), mapping);
  return lines.ok ? ok({ accountId: account.accountId, partOf: part, closedOn: null, currency: mapping.currency ?? null, lines: lines.value }) : lines;
}

/** By currency. That of the statement is there even where it has no lines, so that it is known to be looked through. */
function totalsOf(lines: readonly BankLine[], currency: string | null): Money[] {
  const totals = new Map<string, bigint>(currency !== null && isCurrency(currency) ? [[currency, 0n]] : []);
  for (const { amount } of lines) totals.set(amount.currency, (totals.get(amount.currency) ?? 0n) + amount.minor);
  return [...totals].sort(([one], [other]) => (one < other ? -1 : 1)).map(([each, minor]) => money(each, minor));
}

function toStagedRow({ line, bookedOn, amount: { currency, minor }, text, reference }: BankLine) {
  return { line, booked_on: bookedOn, currency, amount_minor: minor.toString(), text: storableText(text), reference: reference === null ? null : storableText(reference) };
}
