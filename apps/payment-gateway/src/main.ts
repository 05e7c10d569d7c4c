import 'reflect-metadata';
import { createHttpApp, createPlatform, ConfigError, parseConfig, runService } from '@scantill/platform';
import { config } from './config.js';
import { wire } from './payment-gateway.module.js';

async function main(): Promise<void> {
  const settings = parseConfig(config, process.env);
  const platform = createPlatform('payment-gateway', settings.PAYMENT_GATEWAY_DATABASE_URL, settings);
  const { module, parts } = wire(platform, settings, process.env);
  const app = await createHttpApp(module, { platform });
  await runService(platform, { host: settings.BIND_HOST, port: settings.PAYMENT_GATEWAY_PRIVATE_PORT }, [
    ...parts,
    { name: 'consumers', start: () => app.startAllMicroservices(), stop: () => undefined },
    { name: 'public listener', start: () => app.listen(settings.PAYMENT_GATEWAY_PORT, settings.BIND_HOST), stop: () => app.close() },
  ]);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
