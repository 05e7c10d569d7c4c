import { pathToFileURL } from 'node:url';
import { services } from '@scantill/contracts';
import { z } from 'zod';
import { Problem } from '../bootstrap/problem.mjs';
import { repoRoot } from '../bootstrap/run.mjs';

interface Section {
  readonly title: string;
  readonly variables: ReadonlyMap<string, z.ZodType>;
}

const processes = [...services, 'simulator'];

/** Every variable of every process, from the schemas that read them. What all services read stands first, and once. */
export async function envExample(): Promise<string> {
  const shapes = await Promise.all(processes.map(shapeOf));
  const seen = new Set<string>();
  const shared = new Map([...shapes[0] ?? []].filter(([name]) => shapes.slice(0, services.length).every((shape) => shape.has(name))));
  const sections: Section[] = [{ title: 'every service', variables: shared }, ...processes.map((title, index) => ({ title, variables: shapes[index] ?? new Map<string, z.ZodType>() }))];
  const lines = sections.flatMap(({ title, variables }) => {
    const fresh = [...variables].filter(([name]) => !seen.has(name));
    fresh.forEach(([name]) => seen.add(name));
    return [`# --- ${title} ---`, '', ...fresh.flatMap(([name, field]) => describe(name, field))];
  });
  return [
    '# Generated from the src/config.ts of every process by `npm run contracts:generate`.',
    '# A line without # in front has no default and must be set; one with # shows its default, or nothing where it may be left out.',
    '# `npm start` sets all of this itself.',
    '',
    ...lines,
  ].join('\n');
}

async function shapeOf(app: string): Promise<Map<string, z.ZodType>> {
  const module = (await import(pathToFileURL(`${repoRoot}/apps/${app}/src/config.ts`).href)) as { config: z.ZodObject<Record<string, z.ZodType>> };
  return new Map(Object.entries(module.config.shape));
}

function describe(name: string, field: z.ZodType): string[] {
  const schema = z.toJSONSchema(field, { unrepresentable: 'any' });
  if (schema.description === undefined) throw new Problem(`${name} says nothing about itself: add .describe(…) where it is declared.`);
  const isRequired = !field.safeParse(undefined).success;
  return [`# ${schema.description}.${limitsOf(schema)}`, isRequired ? `${name}=` : `#${name}=${schema.default === undefined ? '' : String(schema.default)}`, ''];
}

function limitsOf({ enum: values, minimum, maximum }: z.core.JSONSchema.BaseSchema): string {
  if (values !== undefined) return ` One of ${values.join(', ')}.`;
  const isBounded = typeof minimum === 'number' && typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER;
  return isBounded ? ` From ${minimum} to ${maximum}.` : '';
}
