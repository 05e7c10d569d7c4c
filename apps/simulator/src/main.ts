import { pino } from 'pino';
import { readConfig, type Config } from './config.js';
import { openSimulator } from './simulator.js';

async function main(config: Config): Promise<void> {
  const log = pino({ level: config.LOG_LEVEL, base: { service: 'simulator' } });
  const simulator = await openSimulator(config, log);
  try {
    await simulator.app.listen({ host: config.BIND_HOST, port: config.SIMULATOR_PORT });
  } catch (error) {
    await simulator.close();
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw isTaken ? new Error(`Port ${config.SIMULATOR_PORT} on ${config.BIND_HOST} is taken; SIMULATOR_PORT moves the simulator.`) : error;
  }
  log.info({ addresses: simulator.app.addresses(), publicUrl: config.SIMULATOR_PUBLIC_URL }, 'simulator is up');

  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    simulator.close().then(
      () => log.info({ signal }, 'simulator has stopped'),
      (error: unknown) => {
        log.error({ err: error }, 'simulator could not stop in order');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

try {
  await main(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
