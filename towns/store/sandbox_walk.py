"""What a user's SQL may name: the documented views and a fixed list of functions, nothing else.

`check_tree` walks the tree that DuckDB's own parser makes of the text (json_serialize_sql). What is not known to be
harmless is refused, so a construct of a later DuckDB is refused until it is listed here. Runs in the child process and
imports nothing but the standard library.
"""

from collections.abc import Collection
from typing import Any, Final

#: Aggregates, windows, numbers and operators, texts, dates, lists, types: one kind after another.
_FUNCTIONS: Final = """
    any_value approx_count_distinct approx_quantile arg_max arg_max_null arg_min arg_min_null argmax argmin
    array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop
    covar_samp entropy favg first fsum geomean geometric_mean group_concat histogram kahan_sum kurtosis
    kurtosis_pop last list listagg mad max max_by mean median min min_by mode product quantile quantile_cont
    quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem
    skewness stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance wavg weighted_avg
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
    + - * / // % ** ^ & | ~ << >> ! abs add ceil ceiling cbrt cos acos sin asin tan atan atan2 cot degrees divide
    even exp factorial floor gcd greatest greatest_common_divisor isfinite isinf isnan lcm least
    least_common_multiple ln log log10 log2 mod multiply pi pow power radians round round_even sign sqrt subtract
    trunc xor fdiv fmod if nullif coalesce ifnull constant_or_null
    || ~~ !~~ ~~* !~~* ~~~ @ ^@ ascii bar bit_length char_length character_length chr concat concat_ws contains
    damerau_levenshtein ends_with format hamming ilike_escape instr jaccard jaro_similarity jaro_winkler_similarity
    lcase left left_grapheme len length length_grapheme levenshtein like_escape lower lpad ltrim md5 mismatches
    nfc_normalize not_ilike_escape not_like_escape ord position prefix printf regexp_escape regexp_extract
    regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat replace reverse
    right right_grapheme rpad rtrim split split_part starts_with str_split str_split_regex string_split
    string_split_regex string_to_array strip_accents strlen strpos substr substring substring_grapheme suffix
    translate trim ucase unicode upper
    century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname
    dayofmonth dayofweek dayofyear days_in_month decade epoch hour isodow isoyear last_day make_date make_time
    make_timestamp millennium minute month monthname quarter second strftime strptime time_bucket to_centuries
    to_days to_decades to_hours to_minutes to_months to_quarters to_seconds to_weeks to_years try_strptime week
    weekday weekofyear year yearweek julian
    apply array_append array_apply array_cat array_concat array_contains array_distinct array_extract array_filter
    array_has array_has_all array_has_any array_indexof array_intersect array_length array_position array_prepend
    array_reduce array_reverse array_reverse_sort array_slice array_sort array_to_string array_transform
    array_unique array_value cardinality element_at filter flatten generate_series list_any_value list_append
    list_apply list_avg list_cat list_concat list_contains list_count list_distinct list_element list_extract
    list_filter list_first list_has list_has_all list_has_any list_indexof list_intersect list_last list_max
    list_median list_min list_mode list_pack list_position list_prepend list_reduce list_reverse list_reverse_sort
    list_slice list_sort list_stddev_pop list_stddev_samp list_string_agg list_sum list_transform list_unique
    list_value list_var_pop list_var_samp list_where list_zip map map_entries map_extract map_from_entries map_keys
    map_values range reduce row struct_extract struct_extract_at struct_insert struct_keys struct_pack
    struct_values unnest unpivot_list
    typeof bin hex to_base
"""
#: What a query may call. Left out on purpose: whatever reads files, settings, variables, the catalogue, the clock or
#: chance, runs SQL given as text, waits, logs, or calls a function by a name that is computed.
FUNCTIONS: Final = frozenset(_FUNCTIONS.split())
#: Functions that may stand where a table stands.
TABLE_FUNCTIONS: Final = frozenset({"generate_series", "range", "repeat", "unnest"})
#: Words that DuckDB reads as a call where there is no column of that name.
_VALUE_WORDS_TEXT: Final = """
    current_catalog current_database current_date current_localtime current_localtimestamp current_query
    current_role current_schema current_schemas current_time current_timestamp current_user localtime
    localtimestamp session_user user rowid
"""
_VALUE_WORDS: Final = frozenset(_VALUE_WORDS_TEXT.split())
_EXPRESSIONS_TEXT: Final = """
    BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT DEFAULT FUNCTION LAMBDA LAMBDA_REF
    OPERATOR PARAMETER POSITIONAL_REFERENCE STAR SUBQUERY TYPE WINDOW
"""
_EXPRESSIONS: Final = frozenset(_EXPRESSIONS_TEXT.split())
#: Nodes, table references, modifiers and orders: everything that has a type and is no expression.
_PARTS_TEXT: Final = """
    SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE CTE_NODE BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EMPTY
    EXPRESSION_LIST PIVOT ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT
    ASCENDING DESCENDING BOUND_ORDER
"""
_PARTS: Final = frozenset(_PARTS_TEXT.split())


class Refusal(Exception):  # noqa: N818  an answer, not a fault
    """The query names something that it may not; `position` counts bytes of the text in UTF-8 from 0."""

    def __init__(self, kind: str, name: str = "", position: int | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.name = name
        self.position = position


def check_tree(tree: dict[str, Any], views: Collection[str], taken: Collection[str]) -> None:
    """Refuse a serialised SELECT that names more than `views` and the functions above.

    `taken` are the names of all tables and views of the database, in lower case: a WITH may not take one of them, so
    that no mistake about where a WITH is visible could ever reach a raw table. Raises Refusal.
    """
    statements = tree["statements"]
    if len(statements) != 1:
        raise Refusal("not_one")
    _Walk(frozenset(views), frozenset(taken)).visit(statements[0]["node"], frozenset())


class _Walk:
    def __init__(self, views: frozenset[str], taken: frozenset[str]) -> None:
        self.views = views
        self.taken = taken

    def visit(self, part: Any, known: frozenset[str]) -> None:
        """Look at a part of the tree; `known` are the names that the WITHs around it have made."""
        if isinstance(part, list):
            for item in part:
                self.visit(item, known)
            return
        if not isinstance(part, dict):
            return
        if "class" in part:
            self._check_expression(part)
        elif isinstance(part.get("type"), str):
            self._check_part(part, known)
        elif "table_name" in part or "function_name" in part:
            raise Refusal("construct", str(part.get("table_name") or part.get("function_name")))
        if part.get("sample"):
            # Left to chance, the same query would give another number each time.
            raise Refusal("construct", "SAMPLE", part.get("query_location"))
        known = self._visit_withs(part, known)
        if part.get("type") == "RECURSIVE_CTE_NODE":
            self._visit_recursion(part, known)
            return
        for key, item in part.items():
            if key not in ("cte_map", "qualified_name"):
                self.visit(item, known)

    def _visit_withs(self, part: dict[str, Any], known: frozenset[str]) -> frozenset[str]:
        entries = part.get("cte_map", {}).get("map", [])
        for entry in entries:
            name = str(entry["key"]).lower()
            if name in self.taken:
                raise Refusal("with_name", str(entry["key"]))
            # A body sees the names before it, not its own; only the second half of a recursion does.
            self.visit(entry["value"], known)
            known |= {name}
        return known

    def _visit_recursion(self, part: dict[str, Any], known: frozenset[str]) -> None:
        name = str(part.get("cte_name", "")).lower()
        if name in self.taken:
            raise Refusal("with_name", str(part.get("cte_name")))
        for key, item in part.items():
            if key not in ("cte_map", "qualified_name"):
                self.visit(item, known if key == "left" else known | {name})

    def _check_expression(self, part: dict[str, Any]) -> None:
        kind, position = str(part["class"]), part.get("query_location")
        if kind not in _EXPRESSIONS:
            raise Refusal("construct", kind, position)
        if kind in ("FUNCTION", "WINDOW"):
            self._check_function(part, FUNCTIONS)
        elif kind == "COLUMN_REF":
            names = part.get("column_names", [])
            if len(names) == 1 and str(names[0]).lower() in _VALUE_WORDS:
                raise Refusal("function", str(names[0]), position)

    @staticmethod
    def _check_function(part: dict[str, Any], allowed: frozenset[str]) -> None:
        name, position = str(part.get("function_name", "")), part.get("query_location")
        path = part.get("qualified_name", {}).get("path", [name])
        if len(path) != 1 or path[0] != name or name.lower() not in allowed:
            raise Refusal("function", ".".join(map(str, path)), position)

    def _check_part(self, part: dict[str, Any], known: frozenset[str]) -> None:
        kind, position = part["type"], part.get("query_location")
        if kind == "SHOW_REF":
            raise Refusal("not_select", "", position)
        if kind not in _PARTS:
            raise Refusal("construct", kind, position)
        if kind == "BASE_TABLE":
            path = [str(item) for item in part.get("qualified_name", {}).get("path", [part.get("table_name", "")])]
            name = path[-1].lower()
            is_ours = path[-1] == part.get("table_name") and (
                (len(path) == 1 and (name in known or name in self.views))
                or (len(path) == 2 and path[0].lower() == "main" and name in self.views)
            )
            if not is_ours:
                raise Refusal("table", ".".join(path), position)
        elif kind == "TABLE_FUNCTION":
            function = part.get("function", {})
            if function.get("class") != "FUNCTION":
                raise Refusal("construct", kind, position)
            self._check_function(function, TABLE_FUNCTIONS)
