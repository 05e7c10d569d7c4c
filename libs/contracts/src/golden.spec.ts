import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { catalogue } from './catalogue.js';
import { envelope, storeEnvelope, type EventDefinition } from './envelope.js';
import { topics } from './topics.js';

const folder = new URL('../golden/', import.meta.url);
const LOCK = 'released.json';
const fileOf = ({ type, version }: EventDefinition) => `${type}.v${version}.json`;
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const samples = readdirSync(folder).filter((file) => file !== LOCK).sort();
const released = JSON.parse(read(LOCK)) as Readonly<Record<string, string>>;

describe('a released event', () => {
  it('has one sample for each version, and there are no others', () => {
    expect(samples).toEqual(catalogue.map(fileOf).sort());
  });

  it.each(catalogue.map((definition) => [fileOf(definition), definition] as const))('%s is read and written without a change', (file, definition) => {
    const sample = read(file);
    const form = definition.topic === topics.storeOrders ? storeEnvelope : envelope;
    const opened = form.parse(JSON.parse(sample));
    expect([opened.type, opened.version]).toEqual([definition.type, definition.version]);
    const written = { ...opened, data: definition.data.parse(opened.data) };
    expect(`${JSON.stringify(written, null, 2)}\n`).toBe(sample);
  });

  // Consumers of years ago must still read what we write today. What has to change becomes a new version beside it.
  it.each(samples)('%s is as it was released', (file) => {
    expect(createHash('sha256').update(read(file)).digest('hex')).toBe(released[file]);
  });

  it('is not taken back', () => {
    expect(Object.keys(released).filter((file) => !samples.includes(file))).toEqual([]);
  });
});
