import fc from 'fast-check';
import { normaliseSql } from './normalise-sql.js';
import { shapeOf } from './query-shape.js';

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const escaped = (text: string) => `E'${text.replace(/[\\']/g, '\\$&')}'`;
const blanks = fc.constantFrom(' ', '\n', '\t  ', ' -- why\n', " /* it; is ' */ ");

describe('a statement without its values', () => {
  it.each([
    ['SELECT a FROM t WHERE b = 1 AND c = -2.5e3', 'SELECT a FROM t WHERE b = ? AND c = -?'],
    ["SELECT 'it''s', E'it\\'s', $$it's$$, $q$it's$q$, X'1F'", 'SELECT ?, ?, ?, ?, ?'],
    ['SELECT t1.x2 FROM "a ""5"" b" WHERE id=$1::uuid', 'SELECT t1.x2 FROM "a ""5"" b" WHERE id=?::uuid'],
    ['SELECT 1 WHERE a IN ( $1,$2 , 3)', 'SELECT ? WHERE a IN (…)'],
    ["INSERT INTO t (a, b) VALUES (1,'x'), (2, $3)", 'INSERT INTO t (a, b) VALUES (…)'],
    ['SELECT ARRAY[1,2]  ;', 'SELECT ARRAY[…]'],
    ["SELECT body -> 'key' ->> 'other'", 'SELECT body -> ? ->> ?'],
    ["SELECT 'never closed", 'SELECT ?'],
    ['SELECT $$never closed', 'SELECT ?'],
    ['SELECT 1 /* never closed', 'SELECT ?'],
  ])('%j is %j', (sql, normal) => {
    expect(normaliseSql(sql)).toBe(normal);
  });

  it('keeps nothing of a text, whatever is in it and however it is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(quoted, escaped), (text, write) => {
        expect(normaliseSql(`SELECT ${write(text)} FROM t`)).toBe('SELECT ? FROM t');
      }),
    );
  });

  it('is the same whatever the numbers are and however many a list has', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        fc.nat(),
        (list, limit) => {
          const sql = `SELECT a FROM t WHERE b IN (${list.join(', ')}) LIMIT ${limit}`;
          expect(normaliseSql(sql)).toBe('SELECT a FROM t WHERE b IN (…) LIMIT ?');
        },
      ),
    );
  });

  it('is the same however its words are set apart', () => {
    const words = ['SELECT', 'a', 'FROM', 't', 'WHERE', '(', 'a', '=', '$1', ')'];
    fc.assert(
      fc.property(fc.array(blanks, { minLength: 9, maxLength: 9 }), (gaps) => {
        const sql = words.map((word, at) => word + (gaps[at] ?? '')).join('');
        expect(normaliseSql(sql)).toBe('SELECT a FROM t WHERE (a = ?)');
      }),
    );
  });

  it('of itself is itself, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aE1$ \'"-*/(),;?\n\\') }), (text) => {
        const once = normaliseSql(text);
        expect(normaliseSql(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('has an end, however long it was', () => {
    expect(normaliseSql(`SELECT ${'column_name, '.repeat(10_000)} 1`).length).toBeLessThanOrEqual(4100);
  });
});

describe('the shape of a statement', () => {
  it.each([
    ['SELECT 1', 'select', true],
    ['  insert into t values (1)', 'insert', true],
    ['WITH a AS (SELECT 1), b AS (UPDATE t SET x = 1 RETURNING x) INSERT INTO u SELECT * FROM b', 'insert', true],
    ['WITH a AS (DELETE FROM t RETURNING x) SELECT * FROM a', 'select', true],
    ['SELECT 1;', 'select', true],
    ["SELECT ';'", 'select', true],
    ['SELECT 1; DROP TABLE t', 'select', false],
    ['START TRANSACTION', 'other', false],
    ['EXPLAIN (FORMAT JSON) SELECT 1', 'other', false],
    ['COPY t FROM STDIN', 'other', false],
    ['', 'other', false],
  ])('%j does %s', (sql, operation, isExplainable) => {
    expect(shapeOf(sql)).toMatchObject({ operation, isExplainable });
  });

  it('of a text that was cut is not explained: what was cut off may be anything', () => {
    expect(shapeOf(`SELECT ${'1 + '.repeat(5000)} 1`).isExplainable).toBe(false);
  });

  it('has an id that tells two apart, and none where only values differ', () => {
    expect(shapeOf('SELECT a FROM t WHERE b = 1').id).toBe(shapeOf("SELECT a\nFROM t WHERE b = 'x'").id);
    expect(shapeOf('SELECT a FROM t').id).not.toBe(shapeOf('SELECT b FROM t').id);
    expect(shapeOf('SELECT a').id).toMatch(/^[0-9a-f]{12}$/);
  });
});
