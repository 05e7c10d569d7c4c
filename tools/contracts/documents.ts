import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repoRoot } from '../bootstrap/run.mjs';
import { asyncApi } from './asyncapi.ts';
import { envExample } from './env-example.ts';
import { eventSchemas } from './event-schemas.ts';
import { lockPath, releasedSamples } from './golden.ts';
import { problemsPage } from './problems-page.ts';

const SCHEMAS = 'docs/contracts/schemas';
const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

/** Every generated file, by its path from the top. */
async function documents(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ...[...eventSchemas()].map(([name, schema]) => [`${SCHEMAS}/${name}.json`, json(schema)] as const),
    ['docs/contracts/asyncapi.json', json(asyncApi())],
    ['docs/contracts/problems.md', problemsPage()],
    ['.env.example', await envExample()],
    [lockPath, releasedSamples()],
  ]);
}

/** Schemas of events that are in the catalogue no more. */
function leftovers(wanted: ReadonlyMap<string, string>): string[] {
  return globSync(`${SCHEMAS}/*.json`, { cwd: repoRoot }).filter((path) => !wanted.has(path));
}

/** Paths that are not as the sources say. */
export async function outdated(): Promise<string[]> {
  const wanted = await documents();
  const differing = [...wanted].filter(([path, content]) => !existsSync(join(repoRoot, path)) || readFileSync(join(repoRoot, path), 'utf8') !== content);
  return [...differing.map(([path]) => path), ...leftovers(wanted)].sort();
}

export async function writeDocuments(): Promise<void> {
  const wanted = await documents();
  for (const [path, content] of wanted) {
    await mkdir(dirname(join(repoRoot, path)), { recursive: true });
    await writeFile(join(repoRoot, path), content);
  }
  for (const path of leftovers(wanted)) await rm(join(repoRoot, path));
}
