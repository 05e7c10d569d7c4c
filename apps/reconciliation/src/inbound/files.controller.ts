import { randomUUID } from 'node:crypto';
import { Controller, HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import { fromMoney, importQuery, type ImportView } from '@scantill/contracts';
import { Caller, Needs, type ApiKey } from '@scantill/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ImportFile } from '../flows/import-file.js';
import { fileRefused } from './file-refused.js';
import { refuseStoreKeys } from './store-keys.js';
import { uploadedFile } from './upload.js';

@Controller('v1/files')
export class FilesController {
  constructor(private readonly importFile: ImportFile) {}

  @Post()
  @Needs('reports')
  async receive(
    @Req() request: FastifyRequest,
    @Query({ schema: importQuery }) query: z.infer<typeof importQuery>,
    @Caller() caller: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportView> {
    refuseStoreKeys(caller);
    const startedAtMs = performance.now();
    const { name, content } = await uploadedFile(request, query.name);
    const imported = await this.importFile.run({
      name, content, chainId: caller.chainId, accountId: query.account ?? null, by: caller.owner.name, cause: { correlationId: randomUUID(), causationId: null },
    });
    if (!imported.ok) throw fileRefused(imported.error);
    const { file, isKnown, supersedes, matched, breaksOpened, breaksResolved } = imported.value;
    void reply.status(isKnown ? HttpStatus.OK : HttpStatus.CREATED);
    return {
      fileId: file.id, name: file.name, sha256: file.sha256, accountId: file.accountId, date: file.date, sequence: file.sequence, alreadyImported: isKnown, supersedes,
      lines: file.lines, totals: file.totals.map(fromMoney), matched, breaksOpened, breaksResolved, durationMs: Math.round(performance.now() - startedAtMs),
    };
  }
}
