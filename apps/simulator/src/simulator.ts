import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { readAccounts } from './alipay/accounts.js';
import type { Alipay } from './alipay/alipay.js';
import { alipayApi } from './alipay/api.routes.js';
import { DayClose } from './alipay/day-close.js';
import { Exchanges } from './alipay/exchanges.js';
import { FolderLock } from './alipay/folder-lock.js';
import { Journal } from './alipay/journal.js';
import { Ledger } from './alipay/ledger.js';
import { Notifier } from './alipay/notifier.js';
import { qrImages } from './alipay/qr.routes.js';
import { RefundDesk } from './alipay/refund-desk.js';
import { WalletDoor } from './alipay/wallet-door.js';
import type { Config } from './config.js';
import { alipayControl } from './control/alipay.routes.js';
import { customerRoutes } from './control/customer.routes.js';
import { faultControl } from './control/faults.routes.js';
import { openFaults } from './faults/open-faults.js';
import { initialSettings } from './settings.js';
import { SftpServer } from './sftp/sftp-server.js';
import { BusinessClock } from './time.js';
import { AutoCustomer } from './wallets/auto-customer.js';
import { walletPages } from './wallets/page.routes.js';
import { providers } from './wallets/providers.js';
import { Wallet } from './wallets/wallet.js';

const MAX_BOOK = 1_000_000;
const CLOSE_GRACE_MS = 1_000;

export interface Simulator {
  readonly app: FastifyInstance;
  /** Where merchants fetch their files, if anybody may. */
  readonly sftp: SftpServer | undefined;
  /** Closes in order: no new calls, no new deliveries, then the journal. */
  close(): Promise<void>;
}

/**
 * Builds the three roles around one ledger and takes up what was going on when the last process ended. Does not listen yet.
 * @throws if a key, account or fault plan cannot be read, the data folder is in use, or the journal is damaged other than at its end
 */
export async function openSimulator(config: Config, log: Logger): Promise<Simulator> {
  const clock = new BusinessClock(config.CLOCK_START, config.CLOCK_SCALE, config.CLOCK_SCALE_SINCE);
  const settings = initialSettings(config.SIMULATOR_CONFIRM_AFTER_MS);
  const accounts = readAccounts(config);
  const faults = openFaults(config);
  const publicUrl = config.SIMULATOR_PUBLIC_URL;
  const sftpRoot = join(config.SIMULATOR_DATA_DIR, 'sftp');
  const sftp = SftpServer.open(config, sftpRoot, log);

  const lock = new FolderLock(config.SIMULATOR_DATA_DIR);
  const journal = new Journal(join(config.SIMULATOR_DATA_DIR, 'journal.jsonl'));
  const ledger = new Ledger(journal, accounts.first.clientId);
  await journal.open((record) => ledger.apply(record));
  if (!ledger.isOpened) ledger.record({ type: 'book-opened', book: randomInt(1, MAX_BOOK) });

  const notifier = new Notifier(ledger, clock, { accounts, plan: faults.plan, retryScale: config.SIMULATOR_RETRY_SCALE });
  const refundDesk = new RefundDesk(ledger, clock, settings);
  const dayClose = new DayClose(ledger, clock, { accounts, sftpRoot });
  const exchanges = new Exchanges();
  const alipay: Alipay = {
    ledger, clock, notifier, refundDesk, publicUrl, latecomers: new Map(),
    codeShown: (code) => autoCustomer.see(code),
    customerConfirms: (code) => autoCustomer.confirm(code),
    customerConfirmsAt: (code, at) => autoCustomer.confirmAt(code, clock.realAt(at)),
  };

  const walletDoor = new WalletDoor(alipay);
  const wallets = providers.map((provider) => new Wallet(provider, walletDoor));
  const autoCustomer = new AutoCustomer(wallets, settings);

  const app = createApp(log);
  app.register(alipayApi(alipay, { accounts, exchanges, ...faults }));
  app.register(qrImages(ledger, publicUrl));
  app.register(walletPages(wallets, clock, settings));
  app.register(customerRoutes(ledger, wallets, settings));
  app.register(alipayControl({ ledger, clock, notifier, dayClose, settings, accounts, exchanges, sftpRoot, publicUrl }));
  app.register(faultControl({ ...faults, exchanges, notifier }));
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async () => ({ status: 'ok' }));
  await app.ready();

  notifier.resume();
  refundDesk.resume();
  for (const payment of ledger.payments) if (payment.status === 'PROCESSING') autoCustomer.see(ledger.code(payment));

  const close = async () => {
    faults.line.close();
    await closeListener(app);
    await sftp?.close();
    autoCustomer.stop();
    refundDesk.stop();
    await notifier.stop();
    await journal.close();
    lock.release();
  };
  return { app, sftp, close };
}

/** Calls under way are answered. A connection that never carried a call, as callers leave behind who gave up, would hold Node's server for a minute. */
async function closeListener(app: FastifyInstance): Promise<void> {
  const grace = setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS);
  await app.close();
  clearTimeout(grace);
}

function createApp(log: Logger): FastifyInstance {
  const app = Fastify({
    // Alipay's Python SDK sends `POST http://host/ams/… HTTP/1.1`; only the path routes, and only the path is signed.
    rewriteUrl: ({ url = '/' }) => (url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '') || '/'),
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, method: request.method, path: request.url }, 'request failed');
    return reply.code(status).send({ error: status >= 500 ? 'defect' : 'malformed', message: status >= 500 ? 'Something is wrong in the simulator.' : error.message });
  });
  return app;
}
