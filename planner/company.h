// planner/company.h — what can never be apart from one table, and why: its atom, for explanations.
#pragma once

#include <string>
#include <vector>

#include "planner/atoms.h"
#include "planner/plan.h"

namespace godwit::planner {

class Company {
 public:
  // `table` moves. `workload` and `plan` outlive this. O(tables + accesses).
  Company(const Workload& workload, const Plan& plan, TableId table);

  const std::vector<TableId>& tables() const { return tables_; }  // sorted; `table` among them
  bool Has(TableId table) const { return atoms_.of_table[Index(table)] == atom(); }
  bool Has(JobId job) const { return atoms_.of_job[Index(job)] == atom(); }
  double load() const { return atoms_.load[atom()]; }  // bytes it takes of a unit

  std::vector<Reason> Reasons() const;

 private:
  Node atom() const { return atoms_.of_table[Index(table_)]; }
  std::vector<std::string> NamesOf(const std::vector<TableId>& tables) const;
  std::vector<JobId> Writers() const;
  void AddWriters(std::vector<Reason>& reasons) const;
  void AddSharedWriters(std::vector<Reason>& reasons) const;
  void AddEdits(std::vector<Reason>& reasons) const;

  const Workload& workload_;
  const Plan& plan_;
  const Atoms atoms_;
  const TableId table_;
  std::vector<TableId> tables_;
};

// "a, b and 7 more".
std::string Listed(const std::vector<std::string>& names);

}  // namespace godwit::planner
