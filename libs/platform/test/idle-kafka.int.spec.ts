import { describe, expect, it } from '@jest/globals';
import { pauseMs, testBrokers } from '@scantill/testing';
import { createKafka, createLog, createProducer } from '../src/index.js';

describe('an idle connection to Kafka', () => {
  it('does not wake the process every millisecond', async () => {
    const producer = createProducer(createKafka(testBrokers(), 'idle', createLog('idle', 'silent')));
    await producer.connect();
    await pauseMs(200);
    const real = globalThis.setTimeout;
    let armed = 0;
    globalThis.setTimeout = ((callback: () => void, ms?: number) => {
      if ((ms ?? 0) <= 5) armed += 1;
      return real(callback, ms);
    }) as typeof setTimeout;
    await pauseMs(500);
    globalThis.setTimeout = real;
    await producer.disconnect();
    expect(armed).toBeLessThan(5);
  });
});
