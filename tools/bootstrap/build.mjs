import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { step } from './progress.mjs';
import { pinnedNode, repoRoot, run } from './run.mjs';
import { hashOf, isStamped, stamp } from './stamps.mjs';

/**
 * Every workspace project, as a path relative to the repository.
 * @param {...string} groups
 */
function projects(...groups) {
  return groups.flatMap((group) => readdirSync(join(repoRoot, group)).map((name) => join(group, name))).filter((path) => existsSync(join(repoRoot, path, 'package.json')));
}

/** Writes the database clients whose schema changed. */
export async function generate() {
  const stale = projects('prisma').flatMap((project) => {
    const hash = hashOf([join(project, 'schema.prisma'), 'node_modules/prisma/package.json']);
    const isCurrent = isStamped(`generate-${project.replace('/', '-')}`, hash) && existsSync(join(repoRoot, project, 'generated', 'client.ts'));
    return isCurrent ? [] : [{ project, hash }];
  });
  if (stale.length === 0) return;
  await step('database clients', { done: 'generated' }, () =>
    Promise.all(
      stale.map(async ({ project, hash }) => {
        await run(pinnedNode, ['node_modules/prisma/build/index.js', 'generate', '--schema', join(project, 'schema.prisma')], {
          // Generating needs no engine; naming one keeps Prisma from fetching it.
          env: { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
          what: `Generating the client of ${project}`,
        });
        stamp(`generate-${project.replace('/', '-')}`, hash);
      }),
    ),
  );
}

/** Builds what changed. Nx would find out by itself, but takes seconds to say that nothing did. */
export async function build() {
  const all = projects('libs', 'prisma', 'apps');
  const sources = all.flatMap((project) => ['src', 'generated', 'package.json'].map((part) => join(project, part)));
  const hash = hashOf([...sources, '.swcrc', 'nx.json', 'package-lock.json']);
  if (isStamped('build', hash) && all.filter(isBuilt).every((project) => existsSync(join(repoRoot, project, 'dist')))) return;
  await step('build', { doing: 'building', done: 'built' }, () =>
    run(pinnedNode, ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '--output-style=static'], { env: nxEnvironment(), what: 'The build' }),
  );
  stamp('build', hash);
}

/**
 * Whether the project leaves something in dist.
 * @param {string} project
 */
function isBuilt(project) {
  if (!existsSync(join(repoRoot, project, 'src')) && !existsSync(join(repoRoot, project, 'generated'))) return false;
  return JSON.parse(readFileSync(join(repoRoot, project, 'package.json'), 'utf8')).scripts?.build !== undefined;
}

/** The project's Node first in PATH for the scripts that Nx runs; no daemon that would outlive us; no cloud. */
export function nxEnvironment() {
  return { PATH: `${join(repoRoot, 'node_modules', '.bin')}:${process.env['PATH']}`, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', NO_UPDATE_NOTIFIER: '1' };
}
