import type { Metrics } from '@scantill/platform';
import { Counter, Gauge } from 'prom-client';

/** What is counted of the places that files come from. */
export function sourceMetrics({ registry }: Metrics) {
  const registers = [registry];
  return {
    polls: new Counter({ name: 'scantill_source_polls_total', help: 'How often a source was asked for files, and how it ended', labelNames: ['source', 'outcome'], registers }),
    files: new Counter({ name: 'scantill_source_files_total', help: 'Files that came from a source', labelNames: ['source'], registers }),
    missing: new Gauge({ name: 'scantill_files_missing', help: 'Days whose file is not there on the third day', labelNames: ['account'], registers }),
  };
}

export type SourceMetrics = ReturnType<typeof sourceMetrics>;
