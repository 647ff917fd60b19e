-- What this file is: never when it was built, so that the same data give the same file.
create table meta (
    fingerprint varchar not null primary key,
    schema_id varchar not null,
    package_name varchar not null,
    package_version varchar not null,
    newest_publication date,
    synthetic boolean not null
);
comment on table meta is 'one row: the version of the data and of the code that read them | 版本信息：一行，数据与读取程序的版本';
comment on column meta.fingerprint is
'the version: 16 hex digits over data, releases and code | 版本指纹：由数据、批次与程序算出的十六位十六进制数';
comment on column meta.schema_id is
'the tables as declared: a program opens only files that have its own | 表结构标识：程序只打开与自身一致的文件';
comment on column meta.package_name is 'name of the data package | 数据包名称';
comment on column meta.package_version is 'version of the data package | 数据包版本';
comment on column meta.newest_publication is 'latest day on which anything in the data was published | 数据中最新的发布日期';
comment on column meta.synthetic is 'the figures are made up to measure with and have no source | 数字为测速而造，没有来源';

create table table_rows (
    table_name varchar not null primary key,
    row_count integer not null check (row_count >= 0)
);
comment on table table_rows is 'one row per table of the package: how many rows were read | 各表行数：数据包每张表一行，读入多少行';
comment on column table_rows.table_name is 'name of the table | 表名（主键）';
comment on column table_rows.row_count is 'rows read from the package | 从数据包读入的行数';
