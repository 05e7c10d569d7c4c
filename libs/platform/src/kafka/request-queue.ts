import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: { scheduleCheckPendingRequests(this: RequestQueue): void } };
const schedule = prototype.scheduleCheckPendingRequests;

/**
 * KafkaJS 2.2.4 re-arms a timer of one millisecond for ever on every idle connection (the delay it computes is negative, which
 * Node takes as 1). A check is only needed while something waits or the broker throttles us.
 */
prototype.scheduleCheckPendingRequests = function scheduleWhenNeeded(this: RequestQueue): void {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
};
