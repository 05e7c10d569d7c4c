import type { Platform } from './platform.js';

/** Something that runs until it is stopped. */
export interface RunningPart {
  readonly name: string;
  start(): Promise<unknown> | void;
  stop(): Promise<unknown> | void;
}

/** Then the process ends anyway: what was not finished is in the database. */
const STOP_MAX_MS = 15_000;
const DATABASE_CHECK_MS = 3_000;

/** Starts the parts in order and stops them in reverse when asked to: first the doors, then the work, then the connections. */
export async function runService(platform: Platform, privateAddress: { host: string; port: number }, parts: readonly RunningPart[]): Promise<void> {
  const { log } = platform;
  const all = [...foundations(platform, privateAddress), ...parts];
  process.on('unhandledRejection', (error) => endWith(1, () => log.fatal({ err: error }, 'a promise was rejected and nobody looked')));
  process.on('uncaughtException', (error) => endWith(1, () => log.fatal({ err: error }, 'an exception was caught by nobody')));
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    const stopping = { part: '' };
    setTimeout(() => endWith(1, () => log.error(stopping, 'stopping took too long')), STOP_MAX_MS).unref();
    void stopAll(platform, all, stopping).then(() => endWith(0, () => log.info('stopped')));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  platform.health.notReady('start', 'not every listener is open yet');
  for (const part of all) await part.start();
  platform.health.ready('start');
  log.info('started');
}

function foundations(platform: Platform, { host, port }: { host: string; port: number }): RunningPart[] {
  let timer: NodeJS.Timeout | undefined;
  const checkDatabase = () => platform.database.pool.query('select 1').then(
    () => platform.health.ready('database'),
    () => platform.health.notReady('database', 'PostgreSQL cannot be reached'),
  );
  return [
    { name: 'private listener', start: () => platform.privateListener.listen({ host, port }), stop: () => platform.privateListener.close() },
    {
      name: 'database',
      start: () => {
        platform.health.notReady('database', 'not asked yet');
        void checkDatabase();
        timer = setInterval(() => void checkDatabase(), DATABASE_CHECK_MS);
      },
      stop: () => {
        clearInterval(timer);
        return platform.database.close();
      },
    },
    { name: 'inbox partitions', start: () => platform.partitions.start(), stop: () => platform.partitions.stop() },
    { name: 'directory', start: () => platform.directory.start(), stop: () => platform.directory.stop() },
    { name: 'producer', start: () => undefined, stop: () => platform.producer.disconnect() },
    { name: 'relay', start: () => platform.relay.start(), stop: () => platform.relay.stop() },
  ];
}

async function stopAll({ log }: Platform, parts: readonly RunningPart[], at: { part: string }): Promise<void> {
  for (const part of [...parts].reverse()) {
    at.part = part.name;
    try {
      await part.stop();
    } catch (error) {
      log.warn({ err: error, part: part.name }, 'a part did not stop cleanly');
    }
  }
}

function endWith(code: number, last: () => void): void {
  last();
  process.exit(code);
}
