// The communicator over MPI-3, as a library that mpi_comm.cc opens. Its calls become non-blocking
// operations of MpiEngine.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "dist/communicator.h"
#include "dist/mpi_engine.h"

namespace wordfire {
namespace {

// MPI counts in int, and one operation should not hold up the others for long.
constexpr size_t kMostBytes = size_t{64} << 20;
constexpr int kMessageTag = 2;

using OperationPtr = MpiEngine::OperationPtr;

template <typename Start>
OperationPtr operation_of(Start start) {
  auto operation = std::make_shared<MpiEngine::Operation>();
  operation->start = std::move(start);
  return operation;
}

// Values on their way, of type T, and the operation that sums them.
template <typename T>
struct Sums {
  std::vector<T> from;
  std::vector<T> to;
};

uint16_t to_half(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

std::vector<uint16_t> to_halves(const std::vector<float>& values) {
  std::vector<uint16_t> halves(values.size());
  std::transform(values.begin(), values.end(), halves.begin(), to_half);
  return halves;
}

template <typename T>
float to_single(T value) {
  if constexpr (sizeof(T) == sizeof(float)) return value;
  return std::bit_cast<float>(static_cast<uint32_t>(value) << 16);
}

std::string processor_name() {
  std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
  int size = 0;
  MPI_Get_processor_name(name.data(), &size);
  return {name.data(), static_cast<size_t>(size)};
}

class MpiCommunicator final : public Communicator {
 public:
  explicit MpiCommunicator(const std::string& host) {
    hosts_ = all_gather(host.empty() ? processor_name() : host);
    engine_.set_hosts(hosts_);
  }
  // Whoever leaves last lets the others go.
  ~MpiCommunicator() override = default;

  [[nodiscard]] int rank() const override { return engine_.rank(); }
  [[nodiscard]] int size() const override { return engine_.size(); }
  [[nodiscard]] const std::string& host(int rank) const override {
    return hosts_[static_cast<size_t>(rank)];
  }

  void barrier() override {
    run([](MPI_Comm comm, MPI_Request* request) { return MPI_Ibarrier(comm, request); });
  }

  void broadcast(std::span<std::byte> bytes, int root) override {
    bytes_sent_ += static_cast<int64_t>(bytes.size()) * (size() - 1) / size();
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), kMostBytes))) {
      const auto part = bytes.first(std::min(bytes.size(), kMostBytes));
      const auto copy = std::make_shared<std::vector<std::byte>>(part.begin(), part.end());
      run([copy, root](MPI_Comm comm, MPI_Request* request) {
        return MPI_Ibcast(copy->data(), static_cast<int>(copy->size()), MPI_BYTE, root, comm,
                          request);
      });
      std::copy(copy->begin(), copy->end(), part.begin());
    }
  }

  [[nodiscard]] std::vector<std::string> all_gather(std::string_view bytes) override {
    std::vector<int64_t> sizes(static_cast<size_t>(size()));
    sizes[static_cast<size_t>(rank())] = static_cast<int64_t>(bytes.size());
    sum(std::span(sizes));
    struct Gathered {
      std::string mine;
      std::vector<int> sizes, begins;
      std::string all;
    };
    const auto gathered = std::make_shared<Gathered>();
    gathered->mine = bytes;
    int64_t total = 0;
    for (const int64_t size : sizes) {
      gathered->sizes.push_back(static_cast<int>(size));
      gathered->begins.push_back(static_cast<int>(total));
      total += size;
    }
    if (total > int64_t{1} << 30) throw Error::internal("more than 1 GiB to gather");
    gathered->all.resize(static_cast<size_t>(total));
    bytes_sent_ += static_cast<int64_t>(bytes.size()) * (size() - 1);
    run([gathered](MPI_Comm comm, MPI_Request* request) {
      return MPI_Iallgatherv(gathered->mine.data(), static_cast<int>(gathered->mine.size()),
                             MPI_BYTE, gathered->all.data(), gathered->sizes.data(),
                             gathered->begins.data(), MPI_BYTE, comm, request);
    });
    std::vector<std::string> parts;
    for (size_t i = 0; i < sizes.size(); ++i) {
      parts.push_back(gathered->all.substr(static_cast<size_t>(gathered->begins[i]),
                                           static_cast<size_t>(gathered->sizes[i])));
    }
    return parts;
  }

  void sum(std::span<int64_t> values) override { sum_now(values, MPI_INT64_T); }
  void sum(std::span<double> values) override { sum_now(values, MPI_DOUBLE); }

  [[nodiscard]] std::unique_ptr<PendingSum> start_sum(std::vector<float> values,
                                                      SumPrecision precision) override {
    if (precision == SumPrecision::kHalf) {
      return std::make_unique<Pending<uint16_t>>(
          *this, start(to_halves(values), MPI_UINT16_T, engine_.half_sum()));
    }
    return std::make_unique<Pending<float>>(*this, start(std::move(values), MPI_FLOAT, MPI_SUM));
  }

  void send(int to, std::string_view bytes) override {
    const auto size = std::make_shared<int64_t>(static_cast<int64_t>(bytes.size()));
    run([size, to](MPI_Comm comm, MPI_Request* request) {
      return MPI_Isend(size.get(), 1, MPI_INT64_T, to, kMessageTag, comm, request);
    });
    bytes_sent_ += *size;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kMostBytes))) {
      const auto part = std::make_shared<std::string>(bytes.substr(0, kMostBytes));
      run([part, to](MPI_Comm comm, MPI_Request* request) {
        return MPI_Isend(part->data(), static_cast<int>(part->size()), MPI_BYTE, to, kMessageTag,
                         comm, request);
      });
    }
  }

  [[nodiscard]] std::string receive(int from) override {
    const auto size = std::make_shared<int64_t>(0);
    run([size, from](MPI_Comm comm, MPI_Request* request) {
      return MPI_Irecv(size.get(), 1, MPI_INT64_T, from, kMessageTag, comm, request);
    });
    std::string bytes;
    bytes.reserve(static_cast<size_t>(*size));
    for (auto left = static_cast<size_t>(*size); left > 0; left -= std::min(left, kMostBytes)) {
      const auto part = std::make_shared<std::string>(std::min(left, kMostBytes), '\0');
      run([part, from](MPI_Comm comm, MPI_Request* request) {
        return MPI_Irecv(part->data(), static_cast<int>(part->size()), MPI_BYTE, from, kMessageTag,
                         comm, request);
      });
      bytes += *part;
    }
    return bytes;
  }

  void share(std::vector<std::atomic<bool>*> flags) override { engine_.share(std::move(flags)); }
  void interrupt_with(const std::atomic<bool>* stop) override { engine_.interrupt_with(stop); }
  void abandon() override { engine_.abandon(); }
  void leave() override { engine_.leave(); }

  void watch(bool on) override { engine_.watch(on); }
  void take_step() noexcept override { engine_.take_step(); }

  void fail(const Error& error) noexcept override {
    try {
      engine_.fail(
          {.rank = rank(), .kind = error.kind(), .fault = error.fault(), .message = error.what()});
    } catch (const std::exception&) {
      // Then the others hear of it by this rank's silence.
    }
  }
  [[nodiscard]] bool speaks() const override { return engine_.speaks(); }

  [[nodiscard]] Traffic traffic() const override {
    return {bytes_sent_, engine_.seconds_waited(), seconds_under_way_};
  }

 private:
  // Sums of up to kMostBytes each, one behind the other.
  template <typename T>
  struct Started {
    std::shared_ptr<Sums<T>> sums;
    std::vector<OperationPtr> operations;
  };

  template <typename T>
  class Pending final : public PendingSum {
   public:
    Pending(MpiCommunicator& communicator, Started<T> started)
        : communicator_(communicator), started_(std::move(started)) {}
    [[nodiscard]] std::vector<float> take() override {
      communicator_.finish(started_.operations);
      auto& to = started_.sums->to;
      if constexpr (sizeof(T) == sizeof(float)) return std::move(to);
      std::vector<float> values(to.size());
      std::transform(to.begin(), to.end(), values.begin(), to_single<T>);
      return values;
    }

   private:
    MpiCommunicator& communicator_;
    Started<T> started_;
  };

  template <typename Start>
  void run(Start start) {
    const OperationPtr operation = operation_of(std::move(start));
    engine_.begin(operation);
    engine_.wait(*operation);
  }

  template <typename T>
  Started<T> start(std::vector<T> values, MPI_Datatype type, MPI_Op op) {
    Started<T> started{std::make_shared<Sums<T>>(), {}};
    Sums<T>& sums = *started.sums;
    sums.from = std::move(values);
    sums.to.resize(sums.from.size());
    const size_t all = sums.from.size();
    bytes_sent_ += 2 * static_cast<int64_t>(all * sizeof(T)) * (size() - 1) / size();
    constexpr size_t kMost = kMostBytes / sizeof(T);
    for (size_t begin = 0; begin < all; begin += kMost) {
      const auto count = static_cast<int>(std::min(kMost, all - begin));
      started.operations.push_back(operation_of([sums = started.sums, begin, count, type, op](
                                                    MPI_Comm comm, MPI_Request* request) {
        return MPI_Iallreduce(&sums->from[begin], &sums->to[begin], count, type, op, comm, request);
      }));
      engine_.begin(started.operations.back());
    }
    return started;
  }

  void finish(const std::vector<OperationPtr>& operations) {
    for (const OperationPtr& operation : operations) {
      engine_.wait(*operation);
      seconds_under_way_ += operation->seconds_under_way;
    }
  }

  template <typename T>
  void sum_now(std::span<T> values, MPI_Datatype type) {
    const Started<T> started = start(std::vector<T>(values.begin(), values.end()), type, MPI_SUM);
    for (const OperationPtr& operation : started.operations) engine_.wait(*operation);
    std::copy(started.sums->to.begin(), started.sums->to.end(), values.begin());
  }

  MpiEngine engine_;
  std::vector<std::string> hosts_;
  int64_t bytes_sent_ = 0;
  double seconds_under_way_ = 0;
};

}  // namespace
}  // namespace wordfire

// A pointer to a wordfire::Communicator of the caller's own.
extern "C" wordfire::Communicator* wordfire_make_mpi_communicator(const std::string& host) {
  return new wordfire::MpiCommunicator(host);
}
