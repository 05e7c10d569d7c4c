import { createRequire } from 'node:module';
import { catalogue } from '@scantill/contracts';
import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { asyncApi } from './asyncapi.ts';
import { eventSchema, nameOf } from './event-schemas.ts';
import { readSample } from './golden.ts';

const load = createRequire(import.meta.url);

/** Holds the documents against the specifications they claim to follow, and every sample against its schema. Returns what is wrong. */
export function findFaults(): string[] {
  return [...asyncApiFaults(), ...catalogue.flatMap(sampleFaults)];
}

function asyncApiFaults(): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(load('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object);
  return validate(asyncApi()) ? [] : faultsOf('asyncapi.json', validate.errors);
}

function sampleFaults(definition: (typeof catalogue)[number]): string[] {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(eventSchema(definition));
  return validate(JSON.parse(readSample(definition))) ? [] : faultsOf(`${nameOf(definition)}.json`, validate.errors);
}

function faultsOf(what: string, errors: ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map(({ instancePath, message }) => `${what}${instancePath}: ${message}`);
}
