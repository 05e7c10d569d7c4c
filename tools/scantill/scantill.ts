import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Problem } from '../bootstrap/problem.mjs';
import { importFiles, type ImportOptions } from './import-files.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { listBreaks, type BreaksOptions } from './list-breaks.ts';
import { runDay } from './run-day.ts';
import { saveReport, reportFormats, type ReportOptions } from './save-report.ts';
import { Service } from './service.ts';
import { targetOf, type TargetOptions } from './target.ts';

const EXIT_CODES = `
Exit codes: 0 clean, 3 there are breaks, 1 it could not be done; the text on stderr says what to do.
`;
const LIMIT_DEFAULT = 1_000;

/** Reads a command line and does what it says. @returns the exit code */
export async function scantill(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCodes.clean;
  const program = commands(io, (done) => (code = done));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said already what is wrong with the line; asking for help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.error;
    io.stderr.write(`${error instanceof Problem ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.error;
  }
}

function commands(io: Io, end: (code: ExitCode) => void): Command {
  const output = { writeOut: (text: string) => void io.stdout.write(text), writeErr: (text: string) => void io.stderr.write(text) };
  const program = new Command('npm run -s scantill --').description('What people do from a shell').exitOverride().configureOutput(output).showHelpAfterError();
  const reconcile = program.command('reconcile').description("Alipay's files, what they differ in, and reports for finance").addHelpText('after', EXIT_CODES);
  const add = (command: Command): Command => command
    .option('--url <url>', 'the reconciliation service (SCANTILL_RECONCILIATION_URL, else the demo that runs here)')
    .option('--key-file <file>', 'has the API key, instead of SCANTILL_API_KEY')
    .addHelpText('after', EXIT_CODES);
  const serviceFor = (options: TargetOptions): Service => new Service(targetOf(options, io));

  add(reconcile.command('import').description("takes in files of Alipay's or of the bank").argument('<files...>'))
    .option('--account <id>', 'whose they are, where the file does not tell')
    .option('--no-wait', 'do not wait for the import')
    .option('--json', 'what came of each file as JSON')
    .action(async (files: string[], options: ImportOptions & TargetOptions) => end(await importFiles(serviceFor(options), files, options, io)));

  add(reconcile.command('run').description('compares a day again; the same lines give the same hash').argument('<date>', 'YYYY-MM-DD, in UTC+8', businessDate))
    .option('--account <id>', 'of this account alone')
    .option('--json')
    .action(async (date: string, options: { account?: string; json?: boolean } & TargetOptions) => end(await runDay(serviceFor(options), date, options, io)));

  add(reconcile.command('breaks').description('lists what differs, the oldest first'))
    .option('--kind <kinds>', 'one or several, with commas between')
    .option('--account <id>')
    .option('--store <id>')
    .option('--owner <name>')
    .option('--status <status>', 'unresolved, open, explained, being-resolved, resolved, reopened or all', 'unresolved')
    .option('--date <date>', 'of this business day alone', businessDate)
    .option('--limit <number>', 'at most so many', wholeNumber, LIMIT_DEFAULT)
    .option('--json')
    .action(async (options: BreaksOptions & TargetOptions) => end(await listBreaks(serviceFor(options), filterOf(options), io)));

  add(reconcile.command('report').description('writes the report of a day or a period').argument('<from>', 'YYYY-MM-DD, in UTC+8', businessDate).argument('[to]', 'its last day', businessDate))
    .addOption(new Option('--format <format>').choices(reportFormats).default('xlsx'))
    .addOption(new Option('--table <name>', 'which table, with --format csv: sales, fees, exchange, pay-outs, unsettled, bridge, breaks or journal'))
    .requiredOption('--output <file>', 'where to; - is stdout')
    .option('--account <id>')
    .option('--store <id>')
    .action(async (from: string, to: string | undefined, options: ReportOptions & TargetOptions) => end(await saveReport(serviceFor(options), { from, to: to ?? from }, options, io)));
  return program;
}

/** Without what says where to ask. */
function filterOf({ url: _, keyFile: __, ...filter }: BreaksOptions & TargetOptions): BreaksOptions {
  return filter;
}

function businessDate(text: string): string {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text) ?? [];
  const date = `${year}-${month}-${day}`;
  if (year === undefined || Number.isNaN(Date.parse(date)) || new Date(date).toISOString().slice(0, 10) !== date) throw new InvalidArgumentError('Give a date like 2026-10-10.');
  return date;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}
