import type { Problem, ProblemCode } from '@scantill/contracts';
import { ProblemException } from '@scantill/platform';
import type { FileRefused } from '../flows/import-file.js';

interface Refusal {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: Problem['errors'];
}

type Refusals = { readonly [Kind in FileRefused['kind']]: (refused: Extract<FileRefused, { kind: Kind }>) => Refusal };

const refused = (detail: string, errors?: Problem['errors']): Refusal => ({ code: 'file.refused', detail, ...(errors === undefined ? {} : { errors }) });

const refusals: Refusals = {
  TooLarge: ({ bytesMax }) => ({ code: 'request.too-large', detail: `a file has at most ${bytesMax} bytes` }),
  NameUnknown: ({ name }) => refused(`"${name.slice(0, 128)}" is not the name of a transaction file: transactionItems_<YYYYMMDD>_<000–999>.csv with a day that there is`),
  MissingColumns: ({ columns, expected }) => refused(`required columns are missing: ${columns.join(', ')}; line 1 must have at least ${expected.join(', ')}`, columns.map((path) => ({ path, message: 'is missing in line 1' }))),
  RepeatedColumns: ({ columns }) => refused(`columns are there twice: ${columns.join(', ')}`, columns.map((path) => ({ path, message: 'is there twice in line 1' }))),
  EndMissing: ({ endMarker }) => refused(`the file does not end with ${endMarker}: it was cut short`),
  GenerationNotRead: ({ generation }) => refused(`this is a file of generation ${generation}, which is not read yet`),
  BadRows: ({ faults, count }) => refused(
    `${count} ${count === 1 ? 'fault' : 'faults'}; the first: ${faults.slice(0, 1).map(({ line, column, reason }) => [`line ${line}`, column, reason].filter((part) => part !== null).join(' ')).join()}`,
    faults.map(({ line, column, reason }) => ({ path: column === null ? `line ${line}` : `line ${line}, ${column}`, message: reason })),
  ),
  SeveralAccounts: ({ customerIds }) => refused(`a file belongs to one account, and this one names several: ${customerIds.join(', ')}`),
  AccountUnknown: ({ named }) => refused(`there is no such account of yours: ${named}`),
  AccountNotTold: () => refused('the file does not tell which account it belongs to; name it with ?account='),
  PartMissing: ({ date, sequence }) => refused(`part ${String(sequence).padStart(3, '0')} of ${date} is not there yet: import it first`),
};

/** What a refusal looks like at the edge. */
export function fileRefused(reason: FileRefused): ProblemException {
  const { code, detail, errors } = (refusals[reason.kind] as (reason: FileRefused) => Refusal)(reason);
  return new ProblemException(code, detail, errors);
}
