import { describe, expect, it } from '@jest/globals';
import { catalogue } from './catalogue.js';
import { topics } from './topics.js';

describe('the catalogue of events', () => {
  it('names each version of a type once, as the past tense of the noun that its topic is about', () => {
    const names = catalogue.map(({ type, version }) => `${type}.v${version}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { type, topic } of catalogue) {
      expect(type).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
      expect(topic.split('.')[0]).toBe(type.split('.')[0]);
    }
  });

  it('has something for every topic, and says of each event in a sentence what it means', () => {
    expect(new Set(catalogue.map(({ topic }) => topic))).toEqual(new Set(Object.values(topics)));
    for (const { summary } of catalogue) expect(summary).toMatch(/^[A-Z].{10,200}\.$/);
  });
});
