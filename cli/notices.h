// cli/notices.h — the receivers of a configuration, opened.
#pragma once

#include <memory>

#include "cli/output.h"
#include "cli/state_folder.h"
#include "config/settings.h"
#include "executor/delivery.h"

namespace godwit::cli {

// Errors: kInvalidInput — a secret that is named is not there.
Result<std::vector<executor::Receiver>> OpenReceivers(const config::Settings& settings);

// Begins to deliver what is written into the folder's journal, which must be there. Null if nobody is to be
// told. `output` must outlive it.
Result<std::unique_ptr<executor::Delivery>> StartDelivery(const config::Settings& settings,
                                                          const StateFolder& folder, const Output& output);

// Ends it, and says whom it could not reach. Null is fine.
void FinishDelivery(std::unique_ptr<executor::Delivery> delivery, const Output& output);

}  // namespace godwit::cli
