import 'reflect-metadata';
import { createHttpApp, createPlatform, ConfigError, parseConfig, runService } from '@scantill/platform';
import { config } from './config.js';
import { wire } from './order.module.js';

async function main(): Promise<void> {
  const settings = parseConfig(config, process.env);
  const platform = createPlatform('order', settings.ORDER_DATABASE_URL, settings);
  const { module, parts, waits } = wire(platform, settings);
  const app = await createHttpApp(module, { platform });
  await runService(platform, { host: settings.BIND_HOST, port: settings.ORDER_PRIVATE_PORT }, [
    ...parts,
    { name: 'consumers', start: () => app.startAllMicroservices(), stop: () => undefined },
    { name: 'public listener', start: () => app.listen(settings.ORDER_PORT, settings.BIND_HOST), stop: () => app.close() },
    // Stopped first: the listener would wait for whoever waits for a code.
    waits,
  ]);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
