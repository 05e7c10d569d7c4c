import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { forgetStranded } from './data-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'scantill-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

function folderWith(...kept: readonly ('secrets' | 'kafka')[]) {
  const path = mkdtempSync(join(root, 'data-'));
  const folder = { secrets: join(path, 'secrets.json'), kafka: join(path, 'kafka'), postgresElsewhere: join(path, 'elsewhere') };
  mkdirSync(join(folder.postgresElsewhere, 'data'), { recursive: true });
  if (kept.includes('secrets')) writeFileSync(folder.secrets, '{}');
  if (kept.includes('kafka')) mkdirSync(folder.kafka);
  return folder;
}

describe("what PostgreSQL keeps elsewhere for a data folder that its account can't reach", () => {
  it('is forgotten when the folder is a new one, whose path an earlier one had', () => {
    const folder = folderWith();
    forgetStranded(folder);
    expect(existsSync(folder.postgresElsewhere)).toBe(false);
  });

  it('stays when anything says that the folder is the same', () => {
    for (const folder of [folderWith('secrets'), folderWith('kafka'), folderWith('secrets', 'kafka')]) {
      forgetStranded(folder);
      expect(existsSync(folder.postgresElsewhere)).toBe(true);
    }
  });
});
