#include "executor/adapters/hive_server/sasl_plain.h"

#include <algorithm>
#include <cstring>

namespace godwit::executor {

using apache::thrift::transport::TTransportException;

namespace {

constexpr uint8_t kStart = 1, kOk = 2, kComplete = 5;
constexpr uint32_t kFrameBytesMax = 256u << 20;

std::string BigEndian(uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
          static_cast<char>(number)};
}

uint32_t Number(const uint8_t* bytes) {
  return static_cast<uint32_t>(bytes[0]) << 24 | static_cast<uint32_t>(bytes[1]) << 16 |
         static_cast<uint32_t>(bytes[2]) << 8 | bytes[3];
}

}  // namespace

void SaslPlain::Say(uint8_t status, const std::string& text) {
  const std::string message =
      static_cast<char>(status) + BigEndian(static_cast<uint32_t>(text.size())) + text;
  below_->write(reinterpret_cast<const uint8_t*>(message.data()), static_cast<uint32_t>(message.size()));
  below_->flush();
}

void SaslPlain::open() {
  below_->open();
  Say(kStart, "PLAIN");
  Say(kOk, std::string(1, '\0') + user_ + std::string(1, '\0') + password_);
  uint8_t head[5];
  below_->readAll(head, sizeof head);
  const uint32_t length = Number(head + 1);
  if (length > 64u << 10)
    throw TTransportException(TTransportException::CORRUPTED_DATA, "SASL: not an answer");
  std::string text(length, '\0');
  if (length > 0) below_->readAll(reinterpret_cast<uint8_t*>(text.data()), length);
  if (head[0] != kComplete)
    throw TTransportException(TTransportException::NOT_OPEN, "login refused: " + text);
}

uint32_t SaslPlain::read(uint8_t* bytes, uint32_t length) {
  if (read_at_ == read_.size()) {
    uint8_t head[4];
    below_->readAll(head, sizeof head);
    const uint32_t frame = Number(head);
    if (frame > kFrameBytesMax)
      throw TTransportException(TTransportException::CORRUPTED_DATA, "SASL: frame too long");
    read_.resize(frame);
    read_at_ = 0;
    if (frame > 0) below_->readAll(reinterpret_cast<uint8_t*>(read_.data()), frame);
  }
  const auto taken = static_cast<uint32_t>(std::min<size_t>(length, read_.size() - read_at_));
  std::memcpy(bytes, read_.data() + read_at_, taken);
  read_at_ += taken;
  return taken;
}

void SaslPlain::write(const uint8_t* bytes, uint32_t length) {
  written_.append(reinterpret_cast<const char*>(bytes), length);
}

void SaslPlain::flush() {
  const std::string frame = BigEndian(static_cast<uint32_t>(written_.size())) + written_;
  written_.clear();
  below_->write(reinterpret_cast<const uint8_t*>(frame.data()), static_cast<uint32_t>(frame.size()));
  below_->flush();
}

}  // namespace godwit::executor
