import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { given, termsChange, type Account, type Accounts } from '../alipay/accounts.js';
import type { CloseOutcome, DayClose } from '../alipay/day-close.js';
import type { Exchanges } from '../alipay/exchanges.js';
import { fileSettings } from '../alipay/file-settings.js';
import type { Ledger } from '../alipay/ledger.js';
import type { Notifier } from '../alipay/notifier.js';
import { declineCodes } from '../alipay/results.js';
import { seed } from '../faults/fault.js';
import { DEFECTS_MAX, fileDefect } from '../faults/file-defect.js';
import type { Settings } from '../settings.js';
import { dayText, instantText, parseDay, type BusinessClock } from '../time.js';
import { CONTROL_HELP } from './help.js';
import { ledgerPage } from './ledger-page.js';
import { parseAs, parseBody, problem } from './requests.js';

const MAX_PAGE = 5_000;
const HOUR_MS = 3_600_000;
/** Exactly the shape of what closing a day writes: a name that could climb out of the folder is not one of ours. */
const REMOTE_FILE = /^v1\/settlements\/\w{1,64}\/\d{8}\/\w+\.csv$/;

const closeDay = z.object({
  date: z.string().refine((text) => parseDay(text) !== undefined, 'a date like 2026-10-10').optional(),
  seed: seed.default(0),
  defects: z.array(fileDefect).max(DEFECTS_MAX).default([]),
});
const page = z.object({ cursor: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(1_000), client: z.string().max(64).optional() });
const change = z.strictObject({
  confirmAfterMs: z.number().int().min(0).max(HOUR_MS).nullable().optional(),
  asyncRefundMs: z.number().int().min(0).max(HOUR_MS).optional(),
  declineCode: z.enum(declineCodes).optional(),
});

export interface AlipayControl {
  readonly ledger: Ledger;
  readonly clock: BusinessClock;
  readonly notifier: Notifier;
  readonly dayClose: DayClose;
  readonly settings: Settings;
  readonly accounts: Accounts;
  readonly exchanges: Exchanges;
  readonly sftpRoot: string;
  readonly publicUrl: string;
}

/** Alipay's side for scripts: its books, its files, its day, and the settings of the simulation. */
export function alipayControl(control: AlipayControl) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/control', async (_request, reply) => reply.type('text/plain; charset=utf-8').send(CONTROL_HELP));

    app.post('/control/close-day', async (request, reply) => {
      const body = parseBody(closeDay, request, reply);
      if (!body) return reply;
      const outcome = await control.dayClose.run(body.date === undefined ? undefined : parseDay(body.date), body);
      return reply.code(outcome.kind === 'closed' ? 200 : 409).send(closeAnswer(outcome, control.publicUrl));
    });

    app.get<{ Params: { '*': string } }>('/control/files/*', async (request, reply) => {
      const name = request.params['*'];
      const path = join(control.sftpRoot, name);
      const isThere = REMOTE_FILE.test(name) && (await stat(path).then((found) => found.isFile(), () => false));
      if (!isThere) return problem(reply, 404, { error: 'unknown-file', message: 'No such file was written.' });
      return reply.type('text/csv; charset=utf-8').send(createReadStream(path));
    });

    app.get('/control/ledger', async (request, reply) => {
      const range = parseAs(page, request.query, reply);
      return range ? ledgerPage(control.ledger, range, control.clock.now()) : reply;
    });

    app.get('/control/stats', async () => stats(control));
    app.get('/control/settings', async () => control.settings);
    app.post('/control/settings', async (request, reply) => {
      const body = parseBody(change, request, reply);
      return body ? Object.assign(control.settings, body) : reply;
    });

    app.get('/control/accounts', async () => ({ accounts: control.accounts.all.map(accountAnswer) }));
    app.post<{ Params: { clientId: string } }>('/control/accounts/:clientId', async (request, reply) => {
      const account = control.accounts.find(request.params.clientId);
      if (!account) return problem(reply, 404, { error: 'unknown-account', message: 'No account has this client id.' });
      const body = parseBody(termsChange, request, reply);
      if (!body) return reply;
      Object.assign(account.terms, given(body));
      return accountAnswer(account);
    });
    app.post<{ Params: { clientId: string } }>('/control/accounts/:clientId/files', async (request, reply) => {
      const account = control.accounts.find(request.params.clientId);
      if (!account) return problem(reply, 404, { error: 'unknown-account', message: 'No account has this client id.' });
      const files = parseBody(fileSettings, request, reply);
      if (!files) return reply;
      account.files = files;
      return accountAnswer(account);
    });
  };
}

/** Credentials are left out. */
function accountAnswer({ clientId, customerId, agentToken, currencies, settlementCurrency, terms, files }: Account): Record<string, unknown> {
  return { clientId, customerId, needsAgentToken: agentToken !== undefined, currencies: currencies ?? null, settlementCurrency: settlementCurrency ?? null, terms, files };
}

function closeAnswer(outcome: CloseOutcome, publicUrl: string): Record<string, unknown> {
  const urlOf = (remotePath: string) => `${publicUrl}/control/files${remotePath}`;
  switch (outcome.kind) {
    case 'closed': {
      const { date, openDay, files, settlementFiles, defects, unplanted } = outcome;
      const [first] = files;
      const withUrl = <File extends { readonly remotePath: string }>(file: File) => ({ ...file, url: urlOf(file.remotePath) });
      // The first account's file stands for itself: most shops have no other.
      return { kind: outcome.kind, date, openDay, ...withUrl(first), files: files.map(withUrl), settlementFiles: settlementFiles.map(withUrl), defects, unplanted };
    }
    case 'already-closed': return { error: outcome.kind, message: `${outcome.date} is closed; ${outcome.openDay} is open.`, ...outcome, url: urlOf(outcome.remotePath) };
    case 'not-begun': return { error: outcome.kind, message: `${outcome.date} has not begun; ${outcome.openDay} is open.`, ...outcome };
  }
}

function stats({ ledger, clock, notifier, exchanges }: AlipayControl): Record<string, unknown> {
  const now = clock.now();
  const payments = { PROCESSING: 0, SUCCESS: 0, FAIL: 0, CANCELLED: 0 };
  for (const payment of ledger.payments) {
    ledger.closeIfExpired(payment, now);
    payments[payment.status] += 1;
  }
  const calls = Object.fromEntries(Object.entries(exchanges.byOperation).map(([operation, count]) => [operation, count.calls]));
  const { sent, acknowledged, givenUp, pending } = notifier;
  return {
    now: instantText(now),
    openDay: dayText(ledger.days.openDay(now)),
    payments: { total: ledger.payments.length, ...payments },
    refunds: ledger.refunds.length,
    sinceStart: { calls, notifications: { sent, acknowledged, givenUp } },
    notificationsPending: pending,
  };
}
