// HiveQL (Hive 3 and 4) and Spark SQL (3.5) as an island grammar: statements, query structure and relations
// are parsed in full; an expression is water, a run of tokens in which only nested queries matter.
//
// The lexer (parser/lexer.h) decides from a word's neighbours whether it is a keyword here (parser/context.h);
// everywhere else it arrives as WORD. So there are no lists of non-reserved words, and every decision looks at
// one token. Two more of its decisions keep the grammar small:
//   LPAREN_QUERY  a parenthesis that opens a query, LPAREN any other
//   AS_QUERY      an AS before a query or statement, AS any other
// The actions in braces are ParserActions (parser/parser_actions.h); no parse tree is built.
parser grammar SqlParser;

options { superClass = ParserActions; }

tokens {
  // What water is made of.
  WORD, STRING, NUMBER, OPERATOR, EQUALS, STAR, DOT, COMMA, LPAREN, RPAREN, END, AS, BY, QUANTIFIER,
  // Queries.
  LPAREN_QUERY, AS_QUERY, WITH, RECURSIVE, SELECT, MAP_REDUCE, FROM, VALUES, TABLE, SET_OPERATOR,
  WHERE, GROUP, HAVING, QUALIFY, WINDOW, ORDER, SORT, CLUSTER, DISTRIBUTE, LIMIT, OFFSET,
  // Relations.
  JOIN, JOIN_TYPE, ON, USING, LATERAL, VIEW, OUTER, PIVOT, TABLESAMPLE, REPEATABLE, TIME_TRAVEL, UNIQUEJOIN, PRESERVE,
  // Statements that move rows.
  INSERT, INTO, OVERWRITE, LOCAL, DIRECTORY, PARTITION, IF_EXISTS, REPLACE_WHERE,
  UPDATE, SET, DELETE, MERGE, WHEN, MATCHED, THEN, LOAD, DATA, INPATH, EXPORT, IMPORT, TO,
  // Statements about tables, and the rest.
  CREATE, CREATE_OTHER, LIKE, ALTER, RENAME, EXCHANGE, DROP, TRUNCATE, CACHE, ANALYZE, MAINTAIN,
  EXPLAIN, USE, DECLARE, COMMAND, RAW, OTHER
}

@parser::preinclude { #include "parser/parser_actions.h" }

// A script is cut at `;` before it comes here. Callers enter at `statement` and look at what follows it
// themselves: a statement on a line of its own whose predecessor lacks its `;` is no reason to lose both.
start
  : statement EOF ;

statement
  : with? ( queryExpression | insert | update | delete_ | merge )
  | create | createOther | alter | drop | truncate
  | load | export_ | import_
  | cache | analyze | maintain
  | explain
  | use
  | declare
  | COMMAND { facts.Command(); } RAW?
  | OTHER { facts.Other(); } details
  ;

explain
  : EXPLAIN { facts.Explain(); } WORD* nestedStatement ;

nestedStatement
  : { facts.Descend(); } statement { facts.Ascend(); } ;

// ---------------------------------------------------------------------------------------- queries

query
  : { facts.Descend(); } with? queryExpression { facts.Ascend(); } ;

with
  : WITH cte ( COMMA cte )* ;

cte
  : RECURSIVE? WORD { facts.BeginCte(); } ( columnNames { facts.CteColumns(); } )? ( AS | AS_QUERY )? LPAREN_QUERY query RPAREN { facts.EndCte(); } ;

queryExpression
  : { facts.BeginQuery(); } queryTerm ( SET_OPERATOR QUANTIFIER? ( BY WORD )? { facts.SetOperator(); } queryTerm )*
    { facts.EndQuery(); } ;

queryTerm
  : { facts.BeginSelect(); } selectList ( from | ( LATERAL lateralView )+ )? clause* { facts.EndSelect(); }
  | { facts.BeginSelect(); } from fromFirst+ { facts.EndFromFirst(); }
  | ( values | TABLE tableName { facts.TableQuery(); } | LPAREN_QUERY query RPAREN )
    { facts.BeginTail(); } clause* { facts.EndTail(); }
  ;

// FROM x SELECT …, or Hive's multi-insert: FROM x INSERT … SELECT … INSERT … SELECT …
fromFirst
  : { facts.BeginBranch(); } ( insertTarget { facts.BranchInserts(); } )? selectList ( LATERAL lateralView )* clause* { facts.EndBranch(); } ;

selectList
  : ( SELECT | MAP_REDUCE ) { facts.SelectList(); } QUANTIFIER? expressions ( USING STRING { facts.Script(); } scriptOutput )? ;

from
  : FROM { facts.BeginFrom(); } ( relations | uniqueJoin ) ;

clause
  : WHERE         { facts.BeginClause(Clause::kWhere); }  expression
  | HAVING        { facts.BeginClause(Clause::kHaving); } expression
  | QUALIFY       { facts.BeginClause(Clause::kHaving); } expression
  | GROUP BY      { facts.BeginClause(Clause::kGroup); }  expressions
  | ORDER BY      { facts.BeginClause(Clause::kOrder); }  expressions
  | SORT BY       { facts.BeginClause(Clause::kSort); }   expressions
  | CLUSTER BY    { facts.BeginClause(Clause::kSort); }   expressions
  | DISTRIBUTE BY { facts.BeginClause(Clause::kSort); }   expressions
  | WINDOW        { facts.BeginClause(Clause::kWindow); } expressions
  | LIMIT         { facts.BeginClause(Clause::kLimit); }  expressions
  | OFFSET        { facts.BeginClause(Clause::kOffset); } expression
  ;

values
  : VALUES rows alias? { facts.EndValues(); } ;

// -------------------------------------------------------------------------------------- relations

relations
  : relation ( COMMA relation )* ;

relation
  : ( LATERAL ( lateralView | { facts.Lateral(); } relationPrimary ) | relationPrimary )
    ( join | LATERAL lateralView | pivot )* ;

join
  : JOIN_TYPE* JOIN { facts.BeginJoin(); } ( LATERAL { facts.Lateral(); } )? relationPrimary joinCondition* ;

joinCondition
  : ON { facts.BeginClause(Clause::kJoin); } expression
  | USING columnNames { facts.JoinUsing(); }
  ;

relationPrimary
  : tableName { facts.BeginRelation(); } tableFunction? timeTravel? sample? alias? { facts.EndRelation(); }
  | LPAREN_QUERY query RPAREN { facts.SubqueryRelation(); } sample? alias? { facts.EndRelation(); }
  | LPAREN { facts.BeginGroup(); } relations RPAREN { facts.EndGroup(); } sample? alias? { facts.EndGroupAlias(); }
  | values { facts.ValuesRelation(); }
  | TABLE ( LPAREN_QUERY query { facts.SubqueryRelation(); } | LPAREN { facts.TableArgument(); } expressions )
    RPAREN alias? { facts.EndRelation(); }
  ;

// f(args); Hive's partitioned table functions, noop(ON t PARTITION BY a ORDER BY b); Spark's f(TABLE t PARTITION BY a)
tableFunction
  : ( LPAREN | LPAREN_QUERY ) { facts.BeginTableFunction(); } expressions
    ( ON { facts.Descend(); } relationPrimary { facts.Ascend(); facts.TableFunctionInput(); } )? partitioning*
    RPAREN { facts.EndTableFunction(); } ;

partitioning
  : ( PARTITION | DISTRIBUTE | ORDER | SORT | CLUSTER ) BY expressions ;

lateralView
  : VIEW OUTER? tableName { facts.BeginLateralView(); } ( LPAREN | LPAREN_QUERY ) expressions RPAREN { facts.EndLateralView(); } ;

pivot
  : PIVOT WORD* LPAREN { facts.BeginPivot(); } expressions RPAREN { facts.EndPivotBody(); } alias? { facts.EndPivot(); } ;

sample
  : TABLESAMPLE LPAREN { facts.Sample(); } details RPAREN ( REPEATABLE LPAREN details RPAREN )? ;

timeTravel
  : TIME_TRAVEL+ expression ;

uniqueJoin
  : UNIQUEJOIN uniqueJoinTable ( COMMA uniqueJoinTable )* ;

uniqueJoinTable
  : PRESERVE? tableName { facts.BeginRelation(); } ( AS? WORD { facts.Alias(); } )? { facts.EndRelation(); }
    LPAREN { facts.BeginClause(Clause::kJoin); } expressions RPAREN ;

// ------------------------------------------------------------------------- names, lists and water

tableName
  : WORD { facts.BeginName(); } ( DOT WORD )* { facts.EndName(); } ;

alias
  : WORD { facts.Alias(); } columnNames?
  | AS ( WORD { facts.Alias(); } columnNames? | { facts.NoAlias(); } columnNames ) ;

columnNames
  : LPAREN { facts.BeginColumnNames(); } details RPAREN { facts.EndColumnNames(); } ;

partition
  : PARTITION LPAREN { facts.BeginPartition(); } details RPAREN { facts.EndPartition(); } ;

// Up to the next comma, clause or closing parenthesis.
expression
  : { facts.BeginExpression(); } ( LPAREN_QUERY query RPAREN { facts.ResumeExpression(); } )* { facts.EndExpression(); } ;

// The same across commas.
expressions
  : { facts.BeginExpressions(); } ( LPAREN_QUERY query RPAREN { facts.ResumeExpression(); } )* { facts.EndExpression(); } ;

// Expressions of VALUES, up to the alias.
rows
  : { facts.BeginRows(); } ( LPAREN_QUERY query RPAREN { facts.ResumeExpression(); } )* { facts.EndExpression(); } ;

// Whatever stands here, up to a query, LIKE or a closing parenthesis.
details
  : { facts.Details(); } ;

// The same for TRANSFORM, up to the next clause.
scriptOutput
  : { facts.ScriptOutput(); } ;

// ----------------------------------------------------------------------- statements that move rows

insert
  : insertTarget query { facts.EndInsert(); } ;

insertTarget
  : INSERT { facts.BeginInsert(); } ( INTO | OVERWRITE INTO? )
    ( TABLE? tableName { facts.InsertTable(); } insertOption*
    | LOCAL? DIRECTORY STRING? { facts.InsertDirectory(); } details { facts.DirectoryOptions(); }
    ) ;

insertOption
  : partition { facts.InsertPartition(); }
  | IF_EXISTS { facts.IfNotExists(); }
  | columnNames { facts.InsertColumns(); }
  | BY WORD { facts.InsertByName(); }
  | REPLACE_WHERE { facts.InsertReplaces(); } details
  ;

update
  : UPDATE tableName { facts.BeginUpdate(); } alias? { facts.EndTarget(); }
    SET { facts.BeginAssignments(); } expressions { facts.EndAssignments(); }
    ( from { facts.UpdateFrom(); } )? ( WHERE { facts.BeginClause(Clause::kWhere); } expression )? { facts.EndChange(); } ;

delete_
  : DELETE FROM tableName { facts.BeginDelete(); } alias? { facts.EndTarget(); }
    ( WHERE { facts.BeginClause(Clause::kWhere); } expression )? { facts.EndChange(); } ;

merge
  : MERGE WORD* INTO tableName { facts.BeginMerge(); } alias? { facts.EndTarget(); }
    USING relationPrimary ON { facts.BeginClause(Clause::kJoin); } expression mergeBranch* { facts.EndChange(); } ;

mergeBranch
  : WHEN OPERATOR? MATCHED ( BY WORD )? { facts.BeginClause(Clause::kMatched); } expression THEN
    ( UPDATE SET { facts.BeginAssignments(); } expressions { facts.EndAssignments(); }
    | DELETE
    | INSERT { facts.BeginMergeInsert(); } ( STAR | ( columnNames { facts.MergeInsertColumns(); } )? VALUES expressions ) { facts.EndMergeInsert(); }
    ) ;

load
  : LOAD DATA LOCAL? INPATH STRING { facts.Load(); } OVERWRITE? INTO TABLE? tableName { facts.LoadTable(); }
    ( partition { facts.TargetPartition(); } )? details ;

export_
  : EXPORT TABLE tableName { facts.Export(); } ( partition { facts.ReadPartition(); } )?
    TO STRING { facts.ExportPath(); } details ;

import_
  : IMPORT ( WORD? TABLE tableName { facts.ImportTable(); } ( partition { facts.TargetPartition(); } )? )?
    FROM STRING { facts.ImportPath(); } details { facts.EndImport(); } ;

// -------------------------------------------------------------- statements about tables, and the rest

create
  : CREATE { facts.BeginCreate(); } ( WORD | OPERATOR )*
    ( TABLE IF_EXISTS? tableName { facts.CreateTable(); } details { facts.ReadDefinition(); } ( LIKE tableName { facts.CreateLike(); } details { facts.ReadDefinition(); } )?
    | VIEW IF_EXISTS? tableName { facts.CreateView(); } details { facts.ReadDefinition(); }
    )
    ( AS_QUERY? query { facts.CreateFromQuery(); } )? { facts.EndCreate(); } ;

// Functions, databases, roles …; CREATE SCHEDULED QUERY … AS statement
createOther
  : CREATE_OTHER { facts.Other(); } details ( AS_QUERY nestedStatement )? ;

alter
  : ALTER WORD* ( TABLE | VIEW ) { facts.BeginAlter(); } IF_EXISTS? tableName { facts.AlterTable(); }
    ( partition { facts.TargetPartition(); } )?
    ( RENAME TO ( tableName { facts.RenameTo(); } | partition )
    | EXCHANGE partition { facts.TargetPartition(); } WORD TABLE tableName { facts.ExchangeWith(); }
    | AS_QUERY query { facts.AlterViewQuery(); }
    )?
    details { facts.EndAlter(); } ;

drop
  : DROP WORD* ( TABLE | VIEW ) IF_EXISTS? tableName { facts.Drop(); } details ;

truncate
  : TRUNCATE TABLE? tableName { facts.Truncate(); } ( partition { facts.TargetPartition(); } )? details ;

cache
  : CACHE WORD? TABLE tableName { facts.Cache(); } details ( AS_QUERY? query { facts.CreateFromQuery(); } )? ;

analyze
  : ANALYZE TABLE tableName { facts.Analyze(); } ( partition { facts.TargetPartition(); } )? details ;

// MSCK REPAIR TABLE, REFRESH TABLE, INVALIDATE METADATA, COMPUTE STATS
maintain
  : MAINTAIN+ { facts.BeginMaintain(); } ( tableName { facts.Maintain(); } )? details ;

use
  : USE tableName tableName? { facts.Use(); } ;

declare
  : DECLARE { facts.Declare(); } expressions ;
