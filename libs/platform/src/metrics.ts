import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZE_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500];

/** The default of 10 ms wakes an idle process a hundred times a second. A loop that is blocked for longer shows all the same. */
const EVENT_LOOP_SAMPLE_MS = 500;

/** What every service counts about its own machinery. Services add their own to `registry`. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS });
  const registers = [registry];
  return {
    registry,
    batchSize: new Histogram({ name: 'scantill_batch_size', help: 'Messages in one unit of work', labelNames: ['topic'], buckets: SIZE_BUCKETS, registers }),
    batchSeconds: new Histogram({ name: 'scantill_batch_seconds', help: 'Duration of one unit of work', labelNames: ['topic'], buckets: LATENCY_BUCKETS_SECONDS, registers }),
    skipped: new Counter({ name: 'scantill_messages_skipped_total', help: 'Messages of a type nobody here handles', labelNames: ['topic', 'type'], registers }),
    unconcerned: new Counter({ name: 'scantill_messages_unconcerned_total', help: 'Messages of a type that is handled here, of somebody whom it does not concern', labelNames: ['topic', 'type'], registers }),
    duplicates: new Counter({ name: 'scantill_messages_duplicate_total', help: 'Messages that had been handled before', labelNames: ['topic'], registers }),
    deadLetters: new Counter({ name: 'scantill_dead_letters_total', help: 'Messages set aside', labelNames: ['topic', 'problem'], registers }),
    retries: new Counter({ name: 'scantill_batch_retries_total', help: 'Units of work tried again', labelNames: ['topic', 'cause'], registers }),
    lag: new Gauge({ name: 'scantill_consumer_lag', help: 'Messages behind the end of the partition when a batch was fetched', labelNames: ['topic', 'partition'], registers }),
    outboxSent: new Counter({ name: 'scantill_outbox_sent_total', help: 'Events sent', registers }),
    outboxOldestSeconds: new Gauge({ name: 'scantill_outbox_oldest_seconds', help: 'Age of the oldest unsent event at the last full look', registers }),
    dueWorkClaimed: new Counter({ name: 'scantill_due_work_claimed_total', help: 'Due work taken up', labelNames: ['kind'], registers }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
