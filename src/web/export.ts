import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { csvOf, type Table, workbookOf } from '../evidence/index.js';
import type { PageContext } from './context.js';
