import 'reflect-metadata';
import { ConfigError, createHttpApp, createPlatform, parseConfig, runService } from '@scantill/platform';
import { config } from './config.js';
import { acceptFiles } from './inbound/upload.js';
import { readSources } from './outbound/sources.js';
import { wire } from './reconciliation.module.js';

async function main(): Promise<void> {
  const settings = parseConfig(config, process.env);
  const platform = createPlatform('reconciliation', settings.RECONCILIATION_DATABASE_URL, settings);
  const { module, parts, underWay } = wire(platform, settings, readSources(settings.RECONCILIATION_SOURCES_FILE, process.env));
  const app = await createHttpApp(module, { platform, configure: acceptFiles });
  await runService(platform, { host: settings.BIND_HOST, port: settings.RECONCILIATION_PRIVATE_PORT }, [
    ...parts,
    { name: 'consumers', start: () => app.startAllMicroservices(), stop: () => undefined },
    { name: 'public listener', start: () => app.listen(settings.RECONCILIATION_PORT, settings.BIND_HOST), stop: () => app.close() },
    underWay,
  ]);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
