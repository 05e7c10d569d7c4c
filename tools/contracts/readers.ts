import { globSync, readFileSync } from 'node:fs';
import * as contracts from '@scantill/contracts';
import { repoRoot } from '../bootstrap/run.mjs';

export interface Reading {
  readonly service: contracts.Service;
  readonly topic: contracts.Topic;
  /** The events that it acts on; the others of the topic it skips. */
  readonly events: readonly contracts.EventDefinition[];
}

const isEvent = (value: unknown): value is contracts.EventDefinition => typeof value === 'object' && value !== null && 'topic' in value && 'version' in value;
const events = Object.entries<unknown>(contracts).filter((entry): entry is [string, contracts.EventDefinition] => isEvent(entry[1]));

/** Who listens to what, as the consumers themselves say it: a table of it would drift. */
export function readings(): Reading[] {
  return contracts.services.flatMap((service) => {
    const sources = globSync(`apps/${service}/src/**/*.ts`, { cwd: repoRoot }).sort().map((file) => readFileSync(`${repoRoot}/${file}`, 'utf8'));
    const own = sources.flatMap((source) => [...source.matchAll(/@EventPattern\(topics\.(\w+)\)/g)].map(([, name]) => reading(service, name ?? '', source)));
    return sources.some((source) => source.includes('controllers: [') && source.includes('DirectoryConsumer')) ? [...own, wholeDirectory(service)] : own;
  });
}

function reading(service: contracts.Service, topicName: string, source: string): Reading {
  const topic = contracts.topics[topicName as keyof typeof contracts.topics];
  return { service, topic, events: events.filter(([name, event]) => event.topic === topic && new RegExp(`\\b${name}\\b`).test(source)).map(([, event]) => event) };
}

/** The platform's consumer keeps every entry. */
function wholeDirectory(service: contracts.Service): Reading {
  const topic = contracts.topics.directory;
  return { service, topic, events: events.map(([, event]) => event).filter((event) => event.topic === topic) };
}
