import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { problemLines } from './config.js';

/** Reads a JSON file that somebody wrote by hand. @throws naming the file and everything that is wrong with it */
export function readJsonFile<S extends z.ZodType>(schema: S, file: string): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`${file} cannot be used:\n${problemLines(parsed.error)}`);
}
