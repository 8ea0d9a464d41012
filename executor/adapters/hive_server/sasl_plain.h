// executor/adapters/hive_server/sasl_plain.h — Thrift's SASL framing with the mechanism PLAIN (RFC 4616):
// user and password once, then every message with its length in front.
#pragma once

#include <thrift/transport/TVirtualTransport.h>

#include <memory>
#include <string>

namespace godwit::executor {

class SaslPlain : public apache::thrift::transport::TVirtualTransport<SaslPlain> {
 public:
  SaslPlain(std::shared_ptr<apache::thrift::transport::TTransport> below, std::string user,
            std::string password)
      : below_(std::move(below)), user_(std::move(user)), password_(std::move(password)) {}

  bool isOpen() const override { return below_->isOpen(); }
  void open() override;  // throws TTransportException if the server refuses
  void close() override { below_->close(); }
  uint32_t read(uint8_t* bytes, uint32_t length);
  void write(const uint8_t* bytes, uint32_t length);
  void flush() override;

 private:
  void Say(uint8_t status, const std::string& text);

  std::shared_ptr<apache::thrift::transport::TTransport> below_;
  std::string user_, password_;
  std::string read_, written_;
  size_t read_at_ = 0;
};

}  // namespace godwit::executor
