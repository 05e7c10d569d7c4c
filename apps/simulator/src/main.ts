import { pino } from 'pino';
import { readConfig, type Config } from './config.js';
import { openSimulator } from './simulator.js';

async function main(config: Config): Promise<void> {
  const log = pino({ level: config.LOG_LEVEL, base: { service: 'simulator' } });
  const simulator = await openSimulator(config, log);
  try {
    await onPort('SIMULATOR_PORT', config, () => simulator.app.listen({ host: config.BIND_HOST, port: config.SIMULATOR_PORT }));
    await onPort('SIMULATOR_SFTP_PORT', config, async () => simulator.sftp?.listen(config.BIND_HOST, config.SIMULATOR_SFTP_PORT));
  } catch (error) {
    await simulator.close();
    throw error;
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

async function onPort(variable: 'SIMULATOR_PORT' | 'SIMULATOR_SFTP_PORT', config: Config, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw isTaken ? new Error(`Port ${config[variable]} on ${config.BIND_HOST} is taken; ${variable} moves the simulator.`) : error;
  }
}

try {
  await main(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
