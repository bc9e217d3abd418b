import { openEmbedded } from '#clickhouse';
import { join } from 'node:path';
import { subjects, type SubjectName } from './subjects.js';

// The process that is killed: does its subject's work on a directory. Its first line says that the work has begun, its last that it ended.
const [name = 'product', directory = '', seed = '1'] = process.argv.slice(2);
const store = await openEmbedded(join(directory, 'clickhouse'));
process.stdout.write('begun\n');
await subjects[name as SubjectName](directory).work(store, Number(seed));
process.stdout.write('ended\n');
await store.close();
