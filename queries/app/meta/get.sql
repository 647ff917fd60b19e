-- name: meta/get
-- purpose: The version of the data, their newest publication and the rows of every table
-- grain: one row
-- params: none
-- returns: fingerprint, package_name, package_version, newest_publication, synthetic, table_rows
with
counts as (
    select list(struct_pack(table_name := table_name, row_count := row_count) order by table_name) as table_rows
    from table_rows
)

select
    meta.fingerprint,
    meta.package_name,
    meta.package_version,
    meta.newest_publication,
    meta.synthetic,
    counts.table_rows
from meta
cross join counts
order by meta.fingerprint
