// executor/adapters/hdfs/crc32c.h — CRC-32C (Castagnoli, RFC 3720), the checksum of HDFS. Over all bytes of a
// file it is what Hadoop calls its composite CRC: the same whatever the block size.
#pragma once

#include <cstdint>
#include <string_view>

namespace godwit::executor {

// `crc` of the bytes before these; 0 to begin.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);

}  // namespace godwit::executor
