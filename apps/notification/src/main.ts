import 'reflect-metadata';
import { ConfigError, createHttpApp, createPlatform, parseConfig, runService } from '@scantill/platform';
import { config } from './config.js';
import { refuseKeysInUrls } from './inbound/key-in-url.js';
import { wire } from './notification.module.js';

async function main(): Promise<void> {
  const settings = parseConfig(config, process.env);
  const platform = createPlatform('notification', settings.NOTIFICATION_DATABASE_URL, settings);
  const { module, parts, streams } = wire(platform, settings);
  const app = await createHttpApp(module, { platform, configure: refuseKeysInUrls });
  await runService(platform, { host: settings.BIND_HOST, port: settings.NOTIFICATION_PRIVATE_PORT }, [
    ...parts,
    { name: 'consumers', start: () => app.startAllMicroservices(), stop: () => undefined },
    { name: 'public listener', start: () => app.listen(settings.NOTIFICATION_PORT, settings.BIND_HOST), stop: () => app.close() },
    // Stopped first: the listener would wait for open streams for ever.
    streams,
  ]);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
