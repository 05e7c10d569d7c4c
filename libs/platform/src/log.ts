import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on stdout. Whatever could carry a secret is removed by name, wherever it stands. */
export function createLog(service: string, level: string): Log {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: withoutConnection },
    redact: { paths: ['secret', '*.secret', 'authorization', '*.authorization', 'headers.authorization', 'password', '*.password', '*.privateKey'], remove: true },
  });
}

/** pg's pool hangs the whole connection on the error that ended it: kilobytes, with the key that can cancel its queries. */
function withoutConnection(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const serialized = pino.stdSerializers.err(error);
  delete serialized['client'];
  return serialized;
}

/** Nest's own lines in the same form; its start-up chatter only when debugging. */
export function nestLogger(log: Log): LoggerService {
  const context = (rest: unknown[]) => ({ context: rest.at(-1) });
  return {
    log: (message, ...rest) => log.debug(context(rest), String(message)),
    debug: (message, ...rest) => log.debug(context(rest), String(message)),
    verbose: (message, ...rest) => log.debug(context(rest), String(message)),
    warn: (message, ...rest) => log.warn(context(rest), String(message)),
    error: (message, ...rest) => log.error(context(rest), String(message)),
    fatal: (message, ...rest) => log.fatal(context(rest), String(message)),
  };
}
