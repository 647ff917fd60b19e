-- What this file is: never when it was built, so that the same data give the same file.
create table meta (
    fingerprint varchar not null primary key,
    schema_id varchar not null,
    package_name varchar not null,
    package_version varchar not null,
    newest_publication date,
    synthetic boolean not null
);
comment on table meta is 'one row: the version of the data and of the code that read them';
comment on column meta.schema_id is 'the tables as declared: a program opens only files that have its own';
comment on column meta.synthetic is 'the figures are made up to measure with and have no source';

create table table_rows (
    table_name varchar not null primary key,
    row_count integer not null check (row_count >= 0)
);
comment on table table_rows is 'one row per table of the package: how many rows were read';
