import { StandardSchemaValidationPipe, type DynamicModule } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MESSAGE_BYTES_MAX } from '../inbox/door.js';
import { nestLogger } from '../log.js';
import type { Platform } from '../platform.js';
import { AccessGuard } from './access.js';
import { closeInTime } from './closing.js';
import { malformed, ProblemFilter } from './problem.js';

export interface HttpAppOptions {
  readonly platform: Platform;
  /** Largest request body; default 64 KB. */
  readonly bodyBytesMax?: number;
  /** Plugins that a service needs on its own listener. */
  readonly configure?: (app: NestFastifyApplication) => Promise<void>;
}

/** A service's public listener and its door to Kafka, in one Nest application that is not listening yet. */
export async function createHttpApp(module: DynamicModule, { platform, bodyBytesMax, configure }: HttpAppOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: bodyBytesMax ?? MESSAGE_BYTES_MAX, logger: false });
  // JSON alone: Fastify would read text, and Nest forms.
  adapter.getInstance().removeContentTypeParser('text/plain');
  closeInTime(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: nestLogger(platform.log), abortOnError: false, bodyParser: false });
  app.useGlobalGuards(new AccessGuard(platform.directory, new Reflector()));
  app.useGlobalPipes(new ParsedValuePipe({ exceptionFactory: malformed }));
  app.useGlobalFilters(new ProblemFilter(platform.log));
  await configure?.(app);
  app.connectMicroservice({ strategy: platform.server });
  await app.init();
  return app;
}

/**
 * Fastify already refuses a body with `__proto__` or `constructor.prototype`, and what goes on is the schema's own copy. Nest's deletions
 * from every object of the body would cost a twentieth of an order.
 */
class ParsedValuePipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(): void {}
}
