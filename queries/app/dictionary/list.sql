-- name: dictionary/list
-- purpose: What every table, view and column of the database means, from the comments in the database itself
-- grain: one row per column of a table or view
-- params: none
-- returns: table_name, is_view, table_comment, row_count, column_index, column_name, data_type, is_nullable, comment, refers_to, is_key
-- row_count is null for a view. refers_to is the column that a foreign key points at.
with
relations as (
    select
        table_name,
        comment,
        estimated_size as row_count,
        false as is_view
    from duckdb_tables()
    where database_name = current_database() and schema_name = 'main' and not internal
    union all
    select
        view_name as table_name,
        comment,
        null as row_count,
        true as is_view
    from duckdb_views()
    where database_name = current_database() and schema_name = 'main' and not internal
),

keys as (
    select
        table_name,
        constraint_type,
        unnest(constraint_column_names) as column_name,
        case
            when constraint_type = 'FOREIGN KEY' then referenced_table || '.' || unnest(referenced_column_names)
        end as refers_to
    from duckdb_constraints()
    where
        database_name = current_database()
        and schema_name = 'main'
        and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')
),

column_keys as (
    select
        table_name,
        column_name,
        bool_or(constraint_type = 'PRIMARY KEY') as is_key,
        max(refers_to) as refers_to
    from keys
    group by table_name, column_name
)

select
    relations.table_name,
    relations.is_view,
    relations.comment as table_comment,
    relations.row_count,
    described.column_index,
    described.column_name,
    described.data_type,
    described.is_nullable,
    described.comment,
    column_keys.refers_to,
    coalesce(column_keys.is_key, false) as is_key
from relations
inner join duckdb_columns() as described
    on
        relations.table_name = described.table_name
        and described.database_name = current_database()
        and described.schema_name = 'main'
left join column_keys
    on
        relations.table_name = column_keys.table_name
        and described.column_name = column_keys.column_name
order by relations.is_view, relations.table_name, described.column_index
