import { describe, expect, it } from 'vitest';
import { refusalOf } from './statement-guard.js';

const denied = { tableFunctions: new Set(['file', 'url', 'remote', 'python']), functions: new Set(['file', 'aigenerate']) };

describe('what a reader may ask', () => {
  it.each([
    'SELECT 1',
    'WITH 1 AS x SELECT x FROM numbers(2) SETTINGS max_threads = 1 FORMAT Native',
    'SHOW TABLES FROM p',
    'DESCRIBE TABLE p.t',
    'EXISTS TABLE p.t',
    'EXPLAIN SELECT 1',
    "SELECT 'a INTO OUTFILE', 'it\\'s = DEFAULT', 'file('",
    'SELECT url AS `into`, files FROM p.t',
    'SELECT DEFAULT FROM p.t WHERE a != b',
  ])('%s', (statement) => expect(refusalOf(statement, denied)).toBeUndefined());

  it.each([
    ['', /not a statement that reads/],
    ['SET readonly = DEFAULT', /SET is not/],
    ['SET ROLE owner', /SET is not/],
    ['INSERT INTO p.t FORMAT Values', /INSERT is not/],
    ['KILL QUERY WHERE 1 ASYNC', /KILL is not/],
    ['USE p', /USE is not/],
    ['EXECUTE AS x SELECT 1', /EXECUTE is not/],
    ['SELECT 1 PARALLEL WITH SELECT 2', /PARALLEL/],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", /writes a file/],
    ['SELECT 1 SETTINGS readonly = DEFAULT', /back to its default/],
    ["SELECT file('/etc/passwd')", /function file/],
    ["SELECT 'x' IN FILE('/etc/passwd', 'LineAsString')", /function FILE/],
    ["SELECT 'x' IN `file`('/etc/passwd')", /function file/],
    ["SELECT * APPLY file FROM (SELECT '/etc/passwd')", /function file/],
    ["SELECT arrayMap(file, ['/etc/passwd'])", /function file/],
    ["SELECT aiGenerate('x')", /function aiGenerate/],
    ["SELECT * FROM url('http://127.0.0.1')", /function url/],
  ])('refuses %s', (statement, reason) => expect(refusalOf(statement, denied)).toMatch(reason));
});
