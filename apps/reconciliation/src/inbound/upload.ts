import multipart from '@fastify/multipart';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemException } from '@scantill/platform';
import type { FastifyRequest } from 'fastify';

export interface UploadedFile {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

const FIELD = 'file';
/** Its name says what a file is; these only tell that the body is one. */
const FORMS = ['text/csv', 'application/xml', 'text/xml', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/octet-stream'] as const;
const FIELDS_MAX = 5;
const FIELD_BYTES_MAX = 1_024;

/** Files come as a form or as they are. Neither is read into memory; whoever takes them bounds their length. */
export async function acceptFiles(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  await app.register(multipart, { limits: { files: 1, fields: FIELDS_MAX, fieldSize: FIELD_BYTES_MAX, fileSize: Number.MAX_SAFE_INTEGER }, throwFileSizeLimit: false, preservePath: true });
  fastify.addContentTypeParser([...FORMS], (_request, payload, done) => done(null, payload));
}

/** @param name what the address calls a file that is the body itself */
export async function uploadedFile(request: FastifyRequest, name: string | undefined): Promise<UploadedFile> {
  if (request.isMultipart()) {
    const part = await request.file();
    if (part === undefined || part.fieldname !== FIELD) throw new ProblemException('request.malformed', undefined, [{ path: FIELD, message: 'the form has no file of this name' }]);
    return { name: part.filename, content: part.file };
  }
  if (!isStream(request.body)) throw new ProblemException('request.unsupported-media-type', `send the file as multipart/form-data, or as it is with one of these types: ${FORMS.join(', ')}`);
  if (name === undefined) throw new ProblemException('request.malformed', undefined, [{ path: 'name', message: "Alipay's name of the file is needed" }]);
  return { name, content: request.body };
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
