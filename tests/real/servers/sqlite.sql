pragma journal_mode = wal;
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) insert into t select i, hex(i * 7919 % 10007), i / 7.0 from n;
create index by_b on t(b);
select count(*), sum(a), round(sum(c), 6), max(b) from t;
begin; delete from t where a % 2; rollback;
select count(*) from t;
update t set b = b || 'x' where a % 3 = 0;
select count(*) from t where b like '%x';
pragma wal_checkpoint(truncate);
vacuum;
pragma integrity_check;
.shell echo child
create virtual table f using fts5(x);
insert into f select b from t limit 1000;
select count(*) from f where f match '1*';
select json_extract('{"a":[1,2,{"b":3}]}', '$.a[2].b');
