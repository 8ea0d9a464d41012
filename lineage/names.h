// lineage/names.h — names of tables and paths as scripts write them → names that can be compared.
#pragma once

#include <string>
#include <string_view>

namespace godwit::lineage {

// Lower case, `database.` in front if the name has none and the database is known, catalogs that mean the
// metastore itself (hive, spark_catalog) dropped, "$x" and "{{ x }}" written as "${x}".
std::string TableName(std::string_view written, std::string_view database);

// Has a part that is not known.
bool IsFamily(std::string_view name);
// The name with every unknown part as '*': the names `tmp_${dt}` and `tmp_$day` speak of one family.
std::string FamilyKey(std::string_view name);

// A path that stands for a table's folder: scheme and server dropped, without an ending slash, and cut before
// the first part that is a partition (dt=…), a date, a pattern or a file (part-00000, x.txt). "" if nothing
// is left.
std::string FolderName(std::string_view path);

// Nodes that are no tables carry what they are in their name.
std::string PathNode(std::string_view folder);    // "path:/origin/orders"
std::string ExternalNode(std::string_view name);  // "external:mysql://h/shop.orders"

}  // namespace godwit::lineage
